"""The cookie that says which session a browser has."""

from aiohttp import web

# Over HTTPS the prefix `__Host-` makes browsers refuse one that a neighbouring host has set.
_NAME, _HTTPS_NAME = "keva-session", "__Host-keva-session"


def secret_in(request: web.Request, is_https: bool) -> str:
    """The secret in the request's cookie; empty without one."""
    return request.cookies.get(_HTTPS_NAME if is_https else _NAME, "")


def put(response: web.StreamResponse, secret: str, is_https: bool) -> None:
    """Leaves the cookie in the browser. No script can read it, and no other site's form or picture sends it."""
    name = _HTTPS_NAME if is_https else _NAME
    response.set_cookie(name, secret, httponly=True, secure=is_https, samesite="Lax", path="/")


def take_away(response: web.StreamResponse, is_https: bool) -> None:
    """Removes it."""
    response.del_cookie(_HTTPS_NAME if is_https else _NAME, secure=is_https, httponly=True, samesite="Lax", path="/")

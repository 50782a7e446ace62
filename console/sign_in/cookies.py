"""The cookies of signing in: which session a browser has; by what a browser is known again, when somebody guesses
passwords elsewhere; and what the forms before there is a session have to repeat."""

from datetime import timedelta

from aiohttp import web

from console.sign_in.limits import BROWSER_KNOWN_FOR
from console.sign_in.session import new_secret

_SESSION, _BROWSER, _FORM = "keva-session", "keva-browser", "keva-form"
# Over HTTPS the prefix makes browsers refuse one that a neighbouring host has set.
_HTTPS_PREFIX = "__Host-"
_BROWSER_SECONDS = int(BROWSER_KNOWN_FOR.total_seconds())


def secret_in(request: web.Request, is_https: bool) -> str:
    """The session's secret in the request's cookie; empty without one."""
    return request.cookies.get(name_of(_SESSION, is_https), "")


def put(response: web.StreamResponse, secret: str, is_https: bool, longest: timedelta) -> None:
    """Leaves the session in the browser for as long as it can last: it may end earlier. No script can read it, and no
    other site's form or picture sends it."""
    _set(response, _SESSION, secret, is_https, int(longest.total_seconds()), "Lax")


def take_away(response: web.StreamResponse, is_https: bool) -> None:
    """Removes the session."""
    name = name_of(_SESSION, is_https)
    response.del_cookie(name, secure=is_https, httponly=True, samesite="Lax", path="/")


def browser_in(request: web.Request, is_https: bool) -> str:
    """By what the browser is known; something new if it is not."""
    return request.cookies.get(name_of(_BROWSER, is_https), "") or new_secret()


def put_browser(response: web.StreamResponse, secret: str, is_https: bool) -> None:
    """Makes it known. It opens nothing."""
    _set(response, _BROWSER, secret, is_https, _BROWSER_SECONDS, "Lax")


def form_token_in(request: web.Request, is_https: bool) -> str:
    """What forms of this browser repeat before there is a session; empty when it has none."""
    return request.cookies.get(name_of(_FORM, is_https), "")


def put_form_token(response: web.StreamResponse, token: str, is_https: bool) -> None:
    """Leaves it until the browser ends. No request that another site causes has it."""
    _set(response, _FORM, token, is_https, None, "Strict")


def _set(
    response: web.StreamResponse, name: str, value: str, is_https: bool, seconds: int | None, same_site: str
) -> None:
    response.set_cookie(
        name_of(name, is_https), value, max_age=seconds, httponly=True, secure=is_https, samesite=same_site, path="/"
    )


def name_of(name: str, is_https: bool) -> str:
    """What a cookie is called over HTTPS, or without."""
    return _HTTPS_PREFIX + name if is_https else name

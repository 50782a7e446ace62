"""Which pages travel compressed. The length of a compressed page tells what repeats on it: no page is compressed that
another site could have requested with words of its own in the address (docs/decisions/0064)."""

from aiohttp import web

# Opened from a page of ours, or by the person, and not by another site. Browsers alone can say so.
_OWN = frozenset({"same-origin", "none"})
# A value of these that means nothing to us is not shown on the page.
_KNOWN = frozenset({"from", "order", "priority", "rows", "selected", "state", "tab", "unread", "view", "workspace"})


def compress(request: web.Request, response: web.Response) -> None:
    """Does so where it is safe, and the browser takes it."""
    response.headers["Vary"] = f"{response.headers.get('Vary', '')}, Accept-Encoding, Sec-Fetch-Site".lstrip(", ")
    is_own = request.method == "GET" and request.headers.get("Sec-Fetch-Site") in _OWN
    if is_own and _KNOWN.issuperset(request.query):
        response.enable_compression()

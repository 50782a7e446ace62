"""Which pages travel compressed. Their length says something of what they have in common with themselves: no page is
compressed that somebody elsewhere could have asked for with words of their own in it (docs/decisions/0064)."""

from aiohttp import web

# Opened from a page of ours, or by the person, and not by another site. Browsers alone can say so.
_OWN = frozenset({"same-origin", "none"})
# Whoever names something else by these than what there is, does not find it on the page.
_KNOWN = frozenset({"from", "order", "priority", "rows", "selected", "state", "tab", "unread", "view", "workspace"})


def compress(request: web.Request, response: web.Response) -> None:
    """Does so where it is safe, and the browser takes it."""
    response.headers["Vary"] = f"{response.headers.get('Vary', '')}, Accept-Encoding, Sec-Fetch-Site".lstrip(", ")
    is_own = request.method == "GET" and request.headers.get("Sec-Fetch-Site") in _OWN
    if is_own and _KNOWN.issuperset(request.query):
        response.enable_compression()

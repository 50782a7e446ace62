"""The inbox's own page: the list, and beside it an invitation to open a ticket."""

from aiohttp import web

from console.pages.inbox.column import COUNTS, LIST, column
from console.pages.inbox.views import VIEWS
from console.rendering import render


async def show(request: web.Request) -> web.Response:
    """A view; only the list, or the counts, when htmx asks for that alone."""
    view = request.match_info["view"]
    if view not in VIEWS:
        raise web.HTTPNotFound
    selected = request.query.get("selected", "")
    asked = request.headers.get("HX-Target", "")
    part = asked if asked in (LIST, COUNTS) else ""
    context = await column(request, view, int(selected) if selected.isdecimal() else None, part)
    return render(request, "inbox/column.html" if part else "inbox/page.html", context)


ROUTES = (web.get("/inbox/{view}", show),)

"""The inbox's own page: the list, and beside it an invitation to open a ticket."""

from aiohttp import web

from console.pages.inbox.column import COUNTS, LIST, column
from console.pages.inbox.filters import Filters, selected_number
from console.pages.inbox.views import VIEWS
from console.rendering import render
from console.toasts import see_other
from console.visit import VISIT


async def show(request: web.Request) -> web.StreamResponse:
    """A view; only the list, or the counts, when htmx asks for that alone."""
    view = request.match_info["view"]
    if view not in VIEWS:
        raise web.HTTPNotFound
    if "" in request.query.values():
        # A form sends what is left empty, too; the address that people pass on has what is set alone.
        return see_other(request[VISIT].url(request.path, **Filters.read(request.query).query()))
    asked = request.headers.get("HX-Target", "")
    part = asked if asked in (LIST, COUNTS) else ""
    context = await column(request, view, selected_number(request.query), part)
    return render(request, "inbox/column.html" if part else "inbox/page.html", context)


ROUTES = (web.get("/inbox/{view}", show),)

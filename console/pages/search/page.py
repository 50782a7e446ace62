"""The search's page. What is looked for stands in the address."""

from aiohttp import web

from client.failure import Failure
from console.pages.search.found import MOST_TICKETS, TICKETS, Found, find
from console.rendering import render
from console.visit import VISIT

_TEMPLATE = "search/page.html"
# The errors that say what is wrong with the typed text; others have another cause.
_ABOUT_QUERY = frozenset({"FIELD_INVALID", "FIELD_REQUIRED"})


async def show(request: web.Request) -> web.Response:
    """An empty field, or what is found; `all` shows more tickets."""
    visit, query = request[VISIT], request.query.get("q", "").strip()
    context = {"query": query, "error": "", "found": Found(), "all_url": visit.url("/search", q=query, all="1")}
    if not query:
        return render(request, _TEMPLATE, context)
    try:
        found = await find(visit.session, query, MOST_TICKETS if request.query.get("all") else TICKETS)
    except Failure as failure:
        if failure.reason not in _ABOUT_QUERY:
            raise
        return render(request, _TEMPLATE, {**context, "error": f"{failure.message} {failure.advice}".strip()}, 422)
    return render(request, _TEMPLATE, {**context, "found": found})


ROUTES = (web.get("/search", show),)

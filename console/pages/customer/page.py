"""A customer's own page."""

from aiohttp import web

from console.pages.customer import changes
from console.pages.customer.lists import Reading
from console.pages.customer.side import about
from console.rendering import render
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """What is known of the customer, and what may be done. `?notes=` and `?tickets=` are page tokens: from there on."""
    query = request.query
    reading = Reading(notes_from=query.get("notes", ""), tickets_from=query.get("tickets", ""))
    known = await about(request[VISIT], request.match_info["customer_id"], reading)
    return render(request, "customer/page.html", known)


ROUTES: tuple[web.RouteDef, ...] = (web.get(changes.PAGE, show), *changes.ROUTES)

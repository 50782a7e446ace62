"""A customer's own page."""

from aiohttp import web

from console.pages.customer import changes
from console.pages.customer.side import about
from console.rendering import render
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """What is known of the customer, and what may be done."""
    return render(request, "customer/page.html", await about(request[VISIT], request.match_info["customer_id"]))


ROUTES: tuple[web.RouteDef, ...] = (web.get(changes.PAGE, show), *changes.ROUTES)

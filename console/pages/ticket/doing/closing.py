"""Closing a ticket is for good, so it is asked about."""

from aiohttp import web

from console.pages.ticket.opened import address, open_ticket
from console.rendering import render
from console.visit import VISIT


async def ask(request: web.Request) -> web.Response:
    """Says what closing means, with the button for it."""
    visit, ticket = request[VISIT], await open_ticket(request)
    view = request.query.get("view", "")
    urls = {"close_url": address(visit, ticket, "/close", view=view), "back_url": address(visit, ticket, view=view)}
    return render(request, "ticket/close.html", {"ticket": ticket, **urls})


ROUTES = (web.get(r"/t/{number:\d+}/close", ask),)

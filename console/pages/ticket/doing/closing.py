"""Closing a ticket is for good, so it is asked about."""

from aiohttp import web

from console.pages.ticket.opened import address, open_ticket
from console.rendering import render


async def ask(request: web.Request) -> web.Response:
    """Says what closing means, with the button for it."""
    ticket = await open_ticket(request)
    urls = {"close_url": address(request, ticket, "/close"), "back_url": address(request, ticket)}
    return render(request, "ticket/close.html", {"ticket": ticket, **urls})


ROUTES = (web.get(r"/t/{number:\d+}/close", ask),)

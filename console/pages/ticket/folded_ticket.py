"""An older ticket of the thread, unfolded above the conversation."""

from aiohttp import web

from console.pages.ticket.opened import open_ticket
from console.pages.ticket.page import thread_of
from console.rendering import render
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """Its conversation alone, from the end."""
    ticket = await open_ticket(request)
    context = {**await thread_of(request, ticket), "page_url": request[VISIT].url(f"/t/{ticket.number}")}
    return render(request, "ticket/folded.html", context)


ROUTES = (web.get(r"/t/{number:\d+}/folded", show),)

"""The ticket that an address names, and its address."""

from datetime import tzinfo

from aiohttp import web

from client.selection import find_ticket
from console.pages.inbox.filters import Filters
from console.pages.inbox.views import view_named
from console.visit import VISIT
from console.words.zones import COOKIE, zone_named
from keva.ticket.v1 import ticket_service_pb2

# What an undo of a resolve names, if that was the state before.
OPEN, PENDING = "open", "pending"
# What all addresses of a page have of the list: it is read once for some twenty of them.
_KEPT = web.RequestKey("kept_filters", dict[str, str | int])


async def open_ticket(request: web.Request) -> ticket_service_pb2.Ticket:
    """The ticket with the number in the address. Raises Failure."""
    return await find_ticket(request[VISIT].session, request.match_info["number"])


def address(request: web.Request, ticket: ticket_service_pb2.Ticket, path: str = "", **query: str | int) -> str:
    """Of the ticket's page, or of one below it, beside the list that is open now."""
    if _KEPT not in request:
        request[_KEPT] = Filters.read(request.query).query()
    kept = request[_KEPT]
    return request[VISIT].url(f"/t/{ticket.number}{path}", view=request.query.get("view", ""), **{**kept, **query})


def inbox_address(request: web.Request) -> str:
    """Of the list that is open beside the ticket."""
    view = view_named(request.query.get("view", ""))
    return request[VISIT].url(f"/inbox/{view.name}", **Filters.read(request.query).query())


def zone_of(request: web.Request) -> tzinfo:
    """The reader's time zone."""
    return zone_named(request.cookies.get(COOKIE, ""))

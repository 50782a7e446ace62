"""The ticket that an address names, and its address."""

from datetime import tzinfo

from aiohttp import web

from client.selection import find_ticket
from console.visit import VISIT, Visit
from console.words.zones import COOKIE, zone_named
from keva.ticket.v1 import ticket_service_pb2


async def open_ticket(request: web.Request) -> ticket_service_pb2.Ticket:
    """The ticket with the number in the address. Raises Failure."""
    return await find_ticket(request[VISIT].session, request.match_info["number"])


def address(visit: Visit, ticket: ticket_service_pb2.Ticket, path: str = "", **query: str | int) -> str:
    """Of the ticket's page, or of one below it."""
    return visit.url(f"/t/{ticket.number}{path}", **query)


def zone_of(request: web.Request) -> tzinfo:
    """The reader's time zone."""
    return zone_named(request.cookies.get(COOKIE, ""))

"""What a search finds: asked for at the same time, so that it takes as long as the slowest."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from client.failure import Failure
from client.paging import one_page
from client.session import Session
from client.words.marking import Part, excerpt, marked, wanted_words
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

TICKETS, MOST_TICKETS = 20, 200
_TEXTS, _CUSTOMERS = 10, 10
# The services look for customers in no longer text.
_LONGEST_OF_CUSTOMERS = 200
_NUMBER = re.compile(r"(#\s*)?([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class FoundText:
    """A ticket, and the newest text or note on it that has all the words."""

    ticket: pb.Ticket
    said: Sequence[Part]
    message: message_pb2.Message | None


@dataclass(frozen=True)
class Found:
    """`numbered` is the ticket with the number that is looked for: no other part has it. `more` says whether there are
    more tickets than these. `number` is set when nothing but a ticket's number is looked for."""

    numbered: pb.Ticket | None = None
    number: str = ""
    tickets: Sequence[pb.Ticket] = ()
    more: bool = False
    texts: Sequence[FoundText] = ()
    customers: Sequence[pb.Customer] = ()
    wanted: Sequence[str] = ()

    def marked(self, text: str) -> list[Part]:
        """The text with the words marked."""
        return marked(text, self.wanted)


async def find(session: Session, query: str, limit: int) -> Found:
    """At most `limit` tickets, some texts and some customers; by `#12` that ticket alone. Raises Failure."""
    named = _NUMBER.fullmatch(query)
    if named and named[1]:
        return Found(await _numbered(session, named[2]), named[2])
    wanted = wanted_words(query)
    numbered, (tickets, token), texts, customers = await asyncio.gather(
        _numbered(session, named[2] if named else ""),
        _tickets(session, pb.ListTicketsRequest(query=query), limit),
        _texts(session, query, wanted),
        _customers(session, query),
    )
    above = {numbered.ticket_id} if numbered else set()
    texts = [found for found in texts if found.ticket.ticket_id not in above]
    above |= {found.ticket.ticket_id for found in texts}
    others = [ticket for ticket in tickets if ticket.ticket_id not in above]
    return Found(numbered, "", others, bool(token) and limit < MOST_TICKETS, texts, customers, wanted)


async def _numbered(session: Session, number: str) -> pb.Ticket | None:
    if not number:
        return None
    tickets, _ = await _tickets(session, pb.ListTicketsRequest(number=int(number)), 1)
    return tickets[0] if tickets else None


async def _tickets(session: Session, request: pb.ListTicketsRequest, limit: int) -> tuple[list[pb.Ticket], str]:
    request.workspace_id = session.workspace_id
    rpc = session.services.tickets.ListTickets
    return await one_page(session, rpc, request, lambda page: page.tickets, size=limit)


async def _texts(session: Session, query: str, wanted: Sequence[str]) -> list[FoundText]:
    request = pb.ListTicketsRequest(workspace_id=session.workspace_id, text=query)
    rpc = session.services.tickets.ListTickets
    messages: dict[str, message_pb2.Message] = {}

    def taken(page: pb.ListTicketsResponse) -> Sequence[pb.Ticket]:
        messages.update((message.ticket_id, message) for message in page.found_messages)
        return page.tickets

    tickets, _ = await one_page(session, rpc, request, taken, size=_TEXTS)
    return [_found_text(ticket, messages.get(ticket.ticket_id), wanted) for ticket in tickets]


def _found_text(ticket: pb.Ticket, found: message_pb2.Message | None, wanted: Sequence[str]) -> FoundText:
    """A service of the version before names no message."""
    return FoundText(ticket, excerpt(found.text if found else ticket.last_message_preview, wanted), found)


async def _customers(session: Session, query: str) -> list[pb.Customer]:
    if len(query) > _LONGEST_OF_CUSTOMERS:
        return []
    request = pb.ListCustomersRequest(workspace_id=session.workspace_id, text=query)
    rpc = session.services.tickets.ListCustomers
    try:
        return (await one_page(session, rpc, request, lambda page: page.customers, size=_CUSTOMERS))[0]
    except Failure as failure:
        # Such as a ticket's number: no customer is found by that.
        if failure.reason != "FIELD_INVALID":
            raise
        return []

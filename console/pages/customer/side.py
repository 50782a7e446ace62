"""Who a customer is: the column beside a ticket, and most of the customer's own page."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from console.pages.ticket.staff import read_staff
from console.visit import Visit
from console.words.local_times import local_time, zone_of_number
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2

_TICKETS, _NOTES = 10, 20
# With those that a thread has folded above its newest one: most customers have no more, so that one list is both.
_READ = 30


@dataclass(frozen=True)
class Note:
    """What colleagues know of a customer, and who wrote it."""

    note: customer_note_pb2.CustomerNote
    author: str


@dataclass(frozen=True)
class KnownTickets:
    """The newest of a customer's, the newest first, and whether they are all."""

    newest: Sequence[ticket_service_pb2.Ticket]
    are_all: bool


async def side(visit: Visit, ticket: ticket_service_pb2.Ticket) -> dict[str, Any]:
    """What templates/customer/side.html needs, beside that ticket. Raises Failure."""
    context = await about(visit, ticket.customer_id, _READ)
    others = [other for other in context["tickets"] if other.ticket_id != ticket.ticket_id]
    return {**context, "tickets": others, "back": visit.url(f"/t/{ticket.number}") + "#customer"}


async def about(visit: Visit, customer_id: str, read: int = _TICKETS) -> dict[str, Any]:
    """What templates/customer/about.html needs, and under `known_tickets` the newest `read` tickets. Raises Failure."""
    ask, tickets = visit.session.ask, visit.session.services.tickets
    named = {"workspace_id": visit.workspace_id, "customer_id": customer_id}
    newest = ticket_service_pb2.ListTicketsRequest(
        workspace_id=visit.workspace_id, customer=customer_id, page_size=read
    )
    known, listed, noted, staff = await asyncio.gather(
        ask(tickets.GetCustomer, ticket_service_pb2.GetCustomerRequest(**named)),
        ask(tickets.ListTickets, newest),
        ask(tickets.ListCustomerNotes, customer_note_pb2.ListCustomerNotesRequest(**named, page_size=_NOTES)),
        visit.once(read_staff),
    )
    customer, names = known.customer, staff.names
    return {
        "customer": customer,
        "place": location_text(customer),
        "local_time": local_time(customer.address),
        "local_zone": zone_of_number(customer.address),
        "consents": _consents(customer, names),
        "tickets": list(listed.tickets[:_TICKETS]),
        "known_tickets": KnownTickets(listed.tickets, not listed.next_page_token),
        "notes": [Note(note, actor_text(note.actor, names)) for note in noted.notes],
        "note_request_id": uuid.uuid4().hex,
        "back": visit.url(f"/c/{customer_id}"),
    }


def _consents(customer: ticket_service_pb2.Customer, names: Mapping[str, str]) -> Sequence[str]:
    sentences = [consent_text(consent, names) for consent in customer.consents]
    return [sentence[:1].upper() + sentence[1:] for sentence in sentences]

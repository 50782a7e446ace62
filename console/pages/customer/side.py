"""Who a customer is: the column beside a ticket, and most of the customer's own page."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from client.words.language import say
from console.pages.customer.lists import Link, Reading, note_links, own_page, read_notes, read_tickets, ticket_links
from console.pages.ticket.staff import read_staff
from console.visit import Visit
from console.words.local_times import local_time, zone_of_number
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2

# With those that a thread has folded above its newest one: most customers have no more, so that one list is both.
_BESIDE = Reading(tickets=30)
_TICKETS_BESIDE = 10


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
    """What templates/customer/side.html needs, beside that ticket, and under `known_tickets` the newest of the
    customer's. Raises Failure."""
    context = await about(visit, ticket.customer_id, _BESIDE)
    every = KnownTickets(context["tickets"], not context["ticket_links"])
    others = [other for other in every.newest if other.ticket_id != ticket.ticket_id]
    are_others = len(others) > _TICKETS_BESIDE or not every.are_all
    here, all_of_them = visit.url(f"/t/{ticket.number}") + "#customer", own_page(visit, ticket.customer_id)
    return {
        **context,
        "known_tickets": every,
        "tickets": others[:_TICKETS_BESIDE],
        "note_links": [Link(f"{all_of_them}#notes", link.words) for link in context["note_links"]],
        "ticket_links": [Link(f"{all_of_them}#tickets", say("All tickets"))] if are_others else [],
        "here": here,
        "back": here,
    }


async def about(visit: Visit, customer_id: str, reading: Reading | None = None) -> dict[str, Any]:
    """What templates/customer/about.html needs. Raises Failure."""
    reading, named = reading or Reading(), {"workspace_id": visit.workspace_id, "customer_id": customer_id}
    request = ticket_service_pb2.GetCustomerRequest(**named)
    known, (tickets, older_tickets), (notes, older_notes), staff = await asyncio.gather(
        visit.session.ask(visit.session.services.tickets.GetCustomer, request),
        read_tickets(visit, customer_id, reading.tickets, reading.tickets_from),
        read_notes(visit, customer_id, reading.notes, reading.notes_from),
        visit.once(read_staff),
    )
    customer = known.customer
    return {
        "customer": customer,
        "place": location_text(customer),
        "local_time": local_time(customer.address),
        "local_zone": zone_of_number(customer.address),
        "consents": _consents(customer, staff.names),
        "tickets": tickets,
        "ticket_links": ticket_links(visit, customer_id, reading, older_tickets),
        "notes": [Note(note, actor_text(note.actor, staff.names)) for note in notes],
        "note_links": note_links(visit, customer_id, reading, older_notes),
        "note_request_id": uuid.uuid4().hex,
        "here": own_page(visit, customer_id, reading),
        "back": own_page(visit, customer_id),
    }


def _consents(customer: ticket_service_pb2.Customer, names: Mapping[str, str]) -> Sequence[str]:
    sentences = [consent_text(consent, names) for consent in customer.consents]
    return [sentence[:1].upper() + sentence[1:] for sentence in sentences]

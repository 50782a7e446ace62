"""Who a customer is: the column beside a ticket, and most of the customer's own page."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from client.lists import list_agents
from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from console.visit import Visit
from console.words.local_times import local_time, zone_of_number
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2

_TICKETS, _NOTES = 10, 20


@dataclass(frozen=True)
class Note:
    """What colleagues know of a customer, and who wrote it."""

    note: customer_note_pb2.CustomerNote
    author: str


async def side(visit: Visit, ticket: ticket_service_pb2.Ticket) -> dict[str, Any]:
    """What templates/customer/side.html needs, beside that ticket. Raises Failure."""
    context = await about(visit, ticket.customer_id)
    others = [other for other in context["tickets"] if other.ticket_id != ticket.ticket_id]
    return {**context, "tickets": others, "back": visit.url(f"/t/{ticket.number}") + "#customer"}


async def about(visit: Visit, customer_id: str) -> dict[str, Any]:
    """What templates/customer/about.html needs. Raises Failure."""
    ask, tickets = visit.session.ask, visit.session.services.tickets
    named = {"workspace_id": visit.workspace_id, "customer_id": customer_id}
    newest = ticket_service_pb2.ListTicketsRequest(
        workspace_id=visit.workspace_id, customer=customer_id, page_size=_TICKETS
    )
    known, listed, noted, people = await asyncio.gather(
        ask(tickets.GetCustomer, ticket_service_pb2.GetCustomerRequest(**named)),
        ask(tickets.ListTickets, newest),
        ask(tickets.ListCustomerNotes, customer_note_pb2.ListCustomerNotesRequest(**named, page_size=_NOTES)),
        list_agents(visit.session, visit.workspace_id, show_deactivated=True),
    )
    customer, names = known.customer, {agent.agent_id: agent.display_name for agent in people}
    return {
        "customer": customer,
        "place": location_text(customer),
        "local_time": local_time(customer.address),
        "local_zone": zone_of_number(customer.address),
        "consents": _consents(customer, names),
        "tickets": list(listed.tickets),
        "notes": [Note(note, actor_text(note.actor, names)) for note in noted.notes],
        "note_request_id": uuid.uuid4().hex,
        "back": visit.url(f"/c/{customer_id}"),
    }


def _consents(customer: ticket_service_pb2.Customer, names: Mapping[str, str]) -> Sequence[str]:
    sentences = [consent_text(consent, names) for consent in customer.consents]
    return [sentence[:1].upper() + sentence[1:] for sentence in sentences]

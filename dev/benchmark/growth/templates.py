"""Tickets that Keva has made itself, with all of their documents: what others are copied from. So a copy has whatever
Keva writes today, and no list of fields here has to follow it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pymongo

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import ticket_service_pb2

Document = dict[str, Any]
Client = pymongo.MongoClient[Document]
# Stands in the customer's text and in the reply; each copy has another number in its place.
ORDER_NUMBER = "4711000"
_TEXT = f"Hello, my order {ORDER_NUMBER} has not arrived yet, can you help me please? Thanks & regards"
_REPLY = f"Thank you, we are looking into order {ORDER_NUMBER} and will text you."
TICKETS, SMS = "keva_tickets", "keva_sms"
# Work that is waiting: a copy has none, but that its audit chain is to be anchored.
_WORK = ("outbox_due", "check_due", "lease_until")


@dataclass(frozen=True)
class Template:
    """One customer's only ticket. `documents` are lists by (database, collection); of the ticket's audit records those
    in the order of their chain."""

    ticket_id: str
    address: str
    documents: Mapping[tuple[str, str], Sequence[Document]]


async def make_templates(desk: Desk, mongodb_uri: str) -> list[Template]:
    """A CLOSED ticket, an OPEN one, and one that waits for the customer after a reply that was delivered."""
    closed, opened, answered = [await _ticket(desk, new_number()) for _ in range(3)]
    await desk.clients.tickets.CloseTicket(
        ticket_service_pb2.CloseTicketRequest(workspace_id=closed.workspace_id, ticket_id=closed.ticket_id)
    )
    await desk.until_delivery(await desk.reply(answered, _REPLY))
    return await asyncio.to_thread(_read, mongodb_uri, [closed, opened, answered])


async def _ticket(desk: Desk, customer: str) -> ticket_service_pb2.Ticket:
    await desk.text(_TEXT, customer)
    return await desk.ticket(customer)


def _read(mongodb_uri: str, tickets: Sequence[ticket_service_pb2.Ticket]) -> list[Template]:
    with Client(mongodb_uri, tz_aware=True) as client:
        return [_template(client, ticket) for ticket in tickets]


def _template(client: Client, ticket: ticket_service_pb2.Ticket) -> Template:
    database = client[TICKETS]
    of_ticket = {"ticket_id": ticket.ticket_id}
    messages = list(database["messages"].find(of_ticket).sort("_id", 1))
    documents = {
        (TICKETS, "customers"): list(database["customers"].find({"_id": ticket.customer_id})),
        (TICKETS, "tickets"): list(database["tickets"].find({"_id": ticket.ticket_id})),
        (TICKETS, "messages"): messages,
        (TICKETS, "audit_records"): list(database["audit_records"].find(of_ticket).sort("sequence", 1)),
        (SMS, "deliveries"): list(client[SMS]["deliveries"].find({"_id": {"$in": [m["_id"] for m in messages]}})),
    }
    for found in documents.values():
        for document in found:
            for work in _WORK:
                document.pop(work, None)
    return Template(ticket.ticket_id, ticket.customer_address, documents)

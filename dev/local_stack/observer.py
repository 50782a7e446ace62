"""What the demo sees of Keva: asked over gRPC, and waited for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from dev.local_stack.accounts import ORGANIZATION, WORKSPACE, Clients
from dev.local_stack.transcript import delivery_state
from keva.ticket.v1 import audit_service_pb2, message_pb2, ticket_service_pb2

Seen = TypeVar("Seen")

_SECONDS = 30
_POLL_SECONDS = 0.02


class DemoError(Exception):
    """A step of the demo did not come true; the message says which, and is meant to be read."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The demo failed: {what}")


class DemoImpossible(DemoError):
    """The conversation cannot begin as Keva is set up now; the message says what it needs."""

    def __init__(self, what: str) -> None:
        Exception.__init__(self, f"No conversation is played: {what}.")


def expect(condition: bool, otherwise: str) -> None:
    """Raises DemoError."""
    if not condition:
        raise DemoError(otherwise)


class Observer:
    """Reads what Keva keeps. Raises DemoError when something does not come in 30 s, and the errors of the calls."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def tickets(self, phone_number: str) -> list[ticket_service_pb2.Ticket]:
        """The customer's tickets, newest first."""
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, customer=phone_number)
        return list((await self._clients.tickets.ListTickets(request)).tickets)

    async def ticket(self, ticket_id: str) -> ticket_service_pb2.Ticket:
        """The ticket as it is now."""
        request = ticket_service_pb2.GetTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
        return (await self._clients.tickets.GetTicket(request)).ticket

    async def customer_name(self, ticket: ticket_service_pb2.Ticket) -> str:
        """What Keva calls the customer."""
        request = ticket_service_pb2.GetCustomerRequest(workspace_id=WORKSPACE, customer_id=ticket.customer_id)
        return (await self._clients.tickets.GetCustomer(request)).customer.display_name

    async def messages(self, ticket_id: str) -> list[message_pb2.Message]:
        """The ticket's messages, oldest first."""
        request = ticket_service_pb2.ListMessagesRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
        return list((await self._clients.tickets.ListMessages(request)).messages)

    async def delivery_states(self, reply: message_pb2.Message) -> list[str]:
        """The delivery states that were seen, up to DELIVERED."""
        states = [delivery_state(reply)]

        async def delivered() -> bool:
            (stored,) = [m for m in await self.messages(reply.ticket_id) if m.message_id == reply.message_id]
            if delivery_state(stored) != states[-1]:
                states.append(delivery_state(stored))
            error = f"; {stored.delivery.error_text} ({stored.delivery.error_code})"
            expect(states[-1] != "FAILED", f"the reply was not delivered: {' → '.join(states)}{error}")
            return states[-1] == "DELIVERED"

        await _until(delivered, "the reply was delivered")
        return states

    async def ai_record(self, ticket_id: str, action: str, count: int) -> audit_service_pb2.AuditRecord:
        """What the audit trail says of the AI's turn, once `action` stands there `count` times."""
        request = audit_service_pb2.ListAuditRecordsRequest(
            organization_id=ORGANIZATION, ticket_id=ticket_id, action=action
        )

        async def newest() -> audit_service_pb2.AuditRecord | None:
            records = (await self._clients.audit.ListAuditRecords(request)).audit_records
            return records[0] if len(records) >= count else None

        return await _until(newest, f"the audit trail had {action}")


async def _until(look: Callable[[], Awaitable[Seen | None]], what: str) -> Seen:
    give_up = time.monotonic() + _SECONDS
    while True:
        seen = await look()
        if seen:
            return seen
        expect(time.monotonic() < give_up, f"{_SECONDS} s passed before {what}")
        await asyncio.sleep(_POLL_SECONDS)

"""One customer, one agent, one conversation: every step is done for real, checked, and printed."""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass

from dev.local_stack.accounts import WORKSPACE, Account, Clients
from dev.local_stack.transcript import Transcript, delivery_state, priority, texts, ticket_state
from dev.twilio_simulator.client import SimulatorClient
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.request_context import ACTOR_METADATA

_AGENT = ((ACTOR_METADATA, "agent:dana"),)
_DELIVERY_SECONDS = 20
_POLL_SECONDS = 0.02
_PLACES = (
    ("Seattle", "WA", "98101"),
    ("Austin", "TX", "73301"),
    ("Portland", "OR", "97201"),
    ("Denver", "CO", "80202"),
)


class DemoError(Exception):
    """A step of the demo did not come true; the message says which, and is meant to be read."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The demo failed: {what}")


@dataclass(frozen=True)
class Customer:
    """Somebody with a phone."""

    phone_number: str
    city: str
    state: str
    zip: str

    @classmethod
    def random(cls) -> "Customer":
        """A new one, so that each run of the demo has a thread of its own."""
        city, state, zip_code = random.choice(_PLACES)
        return cls(f"+1555{random.randint(2_000_000, 9_999_999)}", city, state, zip_code)


class Conversation:
    """Plays it. Raises DemoError when Keva does something else than it should, and the errors of the calls."""

    def __init__(self, transcript: Transcript, simulator: SimulatorClient, clients: Clients, account: Account) -> None:
        self._transcript = transcript
        self._simulator = simulator
        self._clients = clients
        self._account = account
        self._customer = Customer.random()

    async def play(self) -> None:
        """Two texts, one ticket; a reply, delivered; resolved and closed; a third text, a second ticket."""
        customer = self._customer
        self._transcript.title(
            f"A conversation: {customer.phone_number} in {customer.city}, {customer.state} texts "
            f"{self._account.phone_number} ({self._account.display_name})"
        )
        first = await self._text("Hi, the lid of my order 4411 arrived cracked.", tickets=1)
        await self._text("I can send a picture if that helps.", tickets=1)
        await self._reply(first, "Sorry about that! A new lid is on its way. Anything else? Dana")
        await self._resolve_and_close(first)
        await self._text("Hello again! Do you ship to Canada?", tickets=2)
        self._transcript.tickets(f"Tickets of {customer.phone_number}", await self._tickets())
        self._transcript.title("Every step came true.")

    async def _text(self, body: str, tickets: int) -> ticket_service_pb2.Ticket:
        """The customer texts, and then has that many tickets. Returns the newest."""
        before = {ticket.ticket_id for ticket in await self._tickets()}
        self._transcript.says("Customer", body)
        await self._send(body)
        now = await self._tickets()
        _expect(len(now) == tickets, f"the customer should have {tickets} ticket(s) now, and has {len(now)}")
        newest = now[0]
        name = f"#{newest.number}"
        _expect(newest.state == ticket_service_pb2.TICKET_STATE_OPEN, f"ticket {name} should be OPEN")
        if newest.ticket_id in before:
            self._transcript.outcome(f"joins ticket {name}", ticket_state(newest), texts(newest))
        else:
            who = await self._customer_name(newest)
            self._transcript.outcome(f"opens ticket {name}", ticket_state(newest), f"priority {priority(newest)}", who)
        return newest

    async def _send(self, body: str) -> None:
        place = {"FromCity": self._customer.city, "FromState": self._customer.state, "FromZip": self._customer.zip}
        result = await self._simulator.text(
            self._customer.phone_number,
            self._account.phone_number,
            body,
            account_sid=self._account.account_sid,
            params={**place, "FromCountry": "US"},
        )
        answers = "; ".join(f"{attempt.url} answered {attempt.status or 'nothing'}" for attempt in result.attempts)
        _expect(result.acknowledged is True, f"the gateway did not take the text: {answers}")

    async def _reply(self, ticket: ticket_service_pb2.Ticket, text: str) -> None:
        self._transcript.says("Dana", text)
        request = ticket_service_pb2.ReplyToTicketRequest(
            workspace_id=WORKSPACE, ticket_id=ticket.ticket_id, text=text, request_id=f"demo-{uuid.uuid4()}"
        )
        answer = await self._clients.tickets.ReplyToTicket(request, metadata=_AGENT)
        pending = answer.ticket.state == ticket_service_pb2.TICKET_STATE_PENDING
        _expect(pending, f"ticket #{ticket.number} should be PENDING after the reply")
        states = await self._delivery_states(answer.message)
        await self._expect_sent_once(text)
        self._transcript.outcome(f"ticket #{ticket.number}", ticket_state(answer.ticket), f"SMS {' → '.join(states)}")

    async def _delivery_states(self, reply: message_pb2.Message) -> list[str]:
        """The delivery states that were seen, up to DELIVERED."""
        states = [delivery_state(reply)]
        give_up = time.monotonic() + _DELIVERY_SECONDS
        while reply.delivery.state != message_pb2.DELIVERY_STATE_DELIVERED:
            failed = reply.delivery.state == message_pb2.DELIVERY_STATE_FAILED or time.monotonic() > give_up
            why = f"; {reply.delivery.error_text} ({reply.delivery.error_code})" if reply.delivery.error_code else ""
            _expect(not failed, f"the reply was not delivered in {_DELIVERY_SECONDS} s: {' → '.join(states)}{why}")
            await asyncio.sleep(_POLL_SECONDS)
            reply = await self._stored(reply)
            if delivery_state(reply) != states[-1]:
                states.append(delivery_state(reply))
        return states

    async def _expect_sent_once(self, text: str) -> None:
        sent = await self._simulator.messages(account_sid=self._account.account_sid, to=self._customer.phone_number)
        copies = [message for message in sent if message.body == text and message.from_ == self._account.phone_number]
        _expect(len(copies) == 1, f"Twilio should have the reply once, and has it {len(copies)} times")

    async def _resolve_and_close(self, ticket: ticket_service_pb2.Ticket) -> None:
        self._transcript.says("Dana", "(resolves and closes the ticket)")
        resolve = ticket_service_pb2.ResolveTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        resolved = (await self._clients.tickets.ResolveTicket(resolve, metadata=_AGENT)).ticket
        close = ticket_service_pb2.CloseTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        closed = (await self._clients.tickets.CloseTicket(close, metadata=_AGENT)).ticket
        _expect(closed.state == ticket_service_pb2.TICKET_STATE_CLOSED, f"ticket #{ticket.number} should be CLOSED")
        self._transcript.outcome(f"ticket #{ticket.number}", f"{ticket_state(resolved)} → {ticket_state(closed)}")

    async def _tickets(self) -> list[ticket_service_pb2.Ticket]:
        """The customer's tickets, newest first."""
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, customer=self._customer.phone_number)
        return list((await self._clients.tickets.ListTickets(request)).tickets)

    async def _stored(self, message: message_pb2.Message) -> message_pb2.Message:
        request = ticket_service_pb2.ListMessagesRequest(workspace_id=WORKSPACE, ticket_id=message.ticket_id)
        answer = await self._clients.tickets.ListMessages(request)
        found = [stored for stored in answer.messages if stored.message_id == message.message_id]
        _expect(len(found) == 1, "the reply is not among the ticket's messages")
        return found[0]

    async def _customer_name(self, ticket: ticket_service_pb2.Ticket) -> str:
        request = ticket_service_pb2.GetCustomerRequest(workspace_id=WORKSPACE, customer_id=ticket.customer_id)
        return (await self._clients.tickets.GetCustomer(request)).customer.display_name


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise DemoError(otherwise)

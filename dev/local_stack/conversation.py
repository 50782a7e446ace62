"""One customer, the AI, one agent, one conversation: every step is done for real, checked, and printed."""

import random
import uuid
from dataclasses import dataclass

from dev.local_stack.accounts import WORKSPACE, Account, Clients, acting_as
from dev.local_stack.observer import Observer, expect
from dev.local_stack.transcript import Transcript, assignee, hand_off_reason, priority, texts, ticket_state
from dev.twilio_simulator.client import SimulatorClient
from keva.ticket.v1 import actor_pb2, agent_service_pb2, message_pb2, routing_pb2, ticket_service_pb2

_PLACES = (
    ("Seattle", "WA", "98101"),
    ("Austin", "TX", "73301"),
    ("Portland", "OR", "97201"),
    ("Denver", "CO", "80202"),
)


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

    def __init__(
        self,
        transcript: Transcript,
        simulator: SimulatorClient,
        clients: Clients,
        account: Account,
        agent: agent_service_pb2.Agent,
    ) -> None:
        """`agent`: an active administrator, who answers what the AI leaves to people."""
        self._transcript = transcript
        self._simulator = simulator
        self._clients = clients
        self._account = account
        self._who = agent.display_name.split()[0]
        self._acting = acting_as(agent.agent_id)
        self._observer = Observer(clients)
        self._customer = Customer.random()

    async def play(self) -> None:
        """The AI answers from an article; what no article says a person answers; a later text is a second ticket."""
        customer = self._customer
        self._transcript.title(
            f"A conversation: {customer.phone_number} in {customer.city}, {customer.state} texts "
            f"{self._account.phone_number} ({self._account.display_name})"
        )
        first = await self._text("Hi, do you ship to Canada?", tickets=1)
        await self._ai_answers(first)
        await self._text("Lovely. Can you hold one back until my sister visits in June?", tickets=1)
        await self._ai_hands_off(first)
        await self._reply(first, f"{self._who} here. I have put one aside with your name on it. See you both in June!")
        await self._resolve_and_close(first)
        second = await self._text("Hello again! What are your opening hours?", tickets=2)
        await self._ai_answers(second)
        self._transcript.tickets(f"Tickets of {customer.phone_number}", await self._tickets())
        self._transcript.title("Every step came true.")

    async def _text(self, body: str, tickets: int) -> ticket_service_pb2.Ticket:
        """The customer texts, and then has that many tickets. Returns the newest."""
        before = {ticket.ticket_id for ticket in await self._tickets()}
        self._transcript.says("Customer", body)
        await self._send(body)
        now = await self._tickets()
        expect(len(now) == tickets, f"the customer should have {tickets} ticket(s) now, and has {len(now)}")
        newest = now[0]
        name = f"#{newest.number}"
        expect(newest.state == ticket_service_pb2.TICKET_STATE_OPEN, f"ticket {name} should be OPEN")
        expect(newest.assignee.kind == routing_pb2.ASSIGNEE_KIND_AI, f"ticket {name} should be the AI's")
        if newest.ticket_id in before:
            self._transcript.outcome(f"joins ticket {name}", ticket_state(newest), texts(newest))
        else:
            who = await self._observer.customer_name(newest)
            facts = (ticket_state(newest), f"priority {priority(newest)}", f"for {assignee(newest)}", who)
            self._transcript.outcome(f"opens ticket {name}", *facts)
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
        expect(result.acknowledged is True, f"the gateway did not take the text: {answers}")

    async def _ai_answers(self, ticket: ticket_service_pb2.Ticket) -> None:
        """The AI answers, and says which articles it relies on."""
        record = await self._observer.ai_record(ticket.ticket_id, "ai.answered", 1)
        answer = await self._said_by_ai(ticket)
        articles = record.details.get("articles", "")
        expect(bool(articles), "the AI's answer should rest on an article")
        now = await self._observer.ticket(ticket.ticket_id)
        expect(now.state == ticket_service_pb2.TICKET_STATE_PENDING, f"ticket #{now.number} should be PENDING")
        await self._show("Keva AI", answer, now, f"from the article {articles}")

    async def _ai_hands_off(self, ticket: ticket_service_pb2.Ticket) -> None:
        """The AI leaves the ticket to a person, and the customer is told."""
        await self._observer.ai_record(ticket.ticket_id, "ai.handed_off", 1)
        now = await self._observer.ticket(ticket.ticket_id)
        nobodys = now.assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY
        expect(nobodys and bool(now.hand_off_reason), f"ticket #{now.number} should be handed off")
        expect(now.state == ticket_service_pb2.TICKET_STATE_OPEN, f"ticket #{now.number} should be OPEN")
        await self._show("Keva AI", await self._said_by_ai(ticket), now, f"handed off: {hand_off_reason(now)}")

    async def _said_by_ai(self, ticket: ticket_service_pb2.Ticket) -> message_pb2.Message:
        """The last text of the ticket, which is the AI's."""
        last = (await self._observer.messages(ticket.ticket_id))[-1]
        expect(last.author.kind == actor_pb2.ACTOR_KIND_AI, "the last text should be the AI's")
        return last

    async def _reply(self, ticket: ticket_service_pb2.Ticket, text: str) -> None:
        request = ticket_service_pb2.ReplyToTicketRequest(
            workspace_id=WORKSPACE, ticket_id=ticket.ticket_id, text=text, request_id=f"demo-{uuid.uuid4()}"
        )
        answer = await self._clients.tickets.ReplyToTicket(request, metadata=self._acting)
        pending = answer.ticket.state == ticket_service_pb2.TICKET_STATE_PENDING
        expect(pending, f"ticket #{ticket.number} should be PENDING after the reply")
        await self._show(self._who, answer.message, answer.ticket, "")

    async def _show(self, who: str, reply: message_pb2.Message, ticket: ticket_service_pb2.Ticket, why: str) -> None:
        """A reply, once it has been delivered, and what the ticket is like after it."""
        self._transcript.says(who, reply.text)
        states = await self._observer.delivery_states(reply)
        await self._expect_sent_once(reply.text)
        delivered = f"SMS {' → '.join(states)}"
        self._transcript.outcome(f"ticket #{ticket.number}", ticket_state(ticket), why, delivered)

    async def _expect_sent_once(self, text: str) -> None:
        sent = await self._simulator.messages(account_sid=self._account.account_sid, to=self._customer.phone_number)
        copies = [message for message in sent if message.body == text and message.from_ == self._account.phone_number]
        expect(len(copies) == 1, f"Twilio should have the reply once, and has it {len(copies)} times")

    async def _resolve_and_close(self, ticket: ticket_service_pb2.Ticket) -> None:
        self._transcript.says(self._who, "(resolves and closes the ticket)")
        resolve = ticket_service_pb2.ResolveTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        resolved = (await self._clients.tickets.ResolveTicket(resolve, metadata=self._acting)).ticket
        close = ticket_service_pb2.CloseTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        closed = (await self._clients.tickets.CloseTicket(close, metadata=self._acting)).ticket
        expect(closed.state == ticket_service_pb2.TICKET_STATE_CLOSED, f"ticket #{ticket.number} should be CLOSED")
        self._transcript.outcome(f"ticket #{ticket.number}", f"{ticket_state(resolved)} → {ticket_state(closed)}")

    async def _tickets(self) -> list[ticket_service_pb2.Ticket]:
        return await self._observer.tickets(self._customer.phone_number)

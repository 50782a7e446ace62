"""What a change of a ticket costs: the commands that go over the wire to a real mongod. A decision reads what it needs,
and no more."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from servicekit.errors import NotFound
from tests.agents import known_agents
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import ACCOUNT, THE_AI, WORKSPACE, Desk
from tests.wire import Wire
from ticket_service.domain.ai_turn import Asked, Draft, Drafted
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.message import DeliveryState, DeliveryUpdate
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority, Ticket
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.ai.ai_answers import AiAnswers, Taken
from ticket_service.use_cases.ai.conversations import Conversations
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.messages import Messages
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.outgoing.unseen import Seen
from ticket_service.use_cases.replies import Replies
from ticket_service.use_cases.tickets import Tickets

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_DANA = Actor(ActorKind.AGENT, "dana")
_TO_DANA = Assignee(AssigneeKind.AGENT, "dana")


@dataclass
class Observed:
    """Use cases over a store of their own, whose commands are noted, on a desk's database."""

    desk: Desk
    store: MongoStore
    tickets: Tickets
    messages: Messages
    replies: Replies
    deliveries: Deliveries
    wire: Wire

    def taken(self) -> list[str]:
        """The commands since the last time, with the transaction's end."""
        taken, self.wire.commands = self.wire.commands, []
        return taken

    def last_attempt(self) -> list[str]:
        """The same, of the last attempt: whoever meets another write to the ticket begins again."""
        taken = self.taken()
        return taken[len(taken) - taken[::-1].index("abortTransaction") :] if "abortTransaction" in taken else taken


@pytest.fixture
async def observed(desk: Desk, mongod: Mongod, database: str) -> AsyncIterator[Observed]:
    """OUR_NUMBER is subscribed."""
    await desk.subscribe()
    wire = Wire()
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, [wire])

    def clock() -> datetime:
        return NOW

    # The first command of a client opens its connection.
    await store.workspaces.get_workspace("default", WORKSPACE)
    # And the first commit has the primary prove itself.
    with contextlib.suppress(NotFound):
        await store.tickets.change_ticket(WORKSPACE, "tkt_none", lambda context: TicketWrite(context.ticket, ()))
    # Agents are remembered for a moment.
    agents = known_agents(store)
    await agents.require_assignable(_TO_DANA, WORKSPACE)
    observed = Observed(
        desk,
        store,
        Tickets(store.tickets, store.tags, agents, clock),
        Messages(store.messages, store.tickets, store.agents, clock),
        Replies(store.tickets, clock, lambda: None),
        Deliveries(store.tickets, clock),
        wire,
    )
    observed.taken()
    yield observed
    store.close()


_WRITTEN = ["update tickets", "insert audit_records"]
_WITH_A_MESSAGE = ["update tickets", "insert messages", "insert audit_records"]


async def test_a_changed_priority_reads_the_ticket_alone(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.tickets.update(WORKSPACE, ticket_id, TicketEdit(priority=Priority.LOW), _DANA)

    assert observed.taken() == ["aggregate tickets", *_WRITTEN, "commitTransaction"]


async def test_a_change_that_changes_nothing_writes_nothing(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.tickets.update(WORKSPACE, ticket_id, TicketEdit(priority=Priority.HIGH), _DANA)

    assert observed.taken() == ["aggregate tickets"]


@pytest.mark.parametrize("change", ["resolve", "close"])
async def test_a_change_of_state_reads_the_ticket_alone(observed: Observed, change: str) -> None:
    ticket_id = await observed.desk.new_ticket()

    await getattr(observed.tickets, change)(WORKSPACE, ticket_id, _DANA)

    assert observed.taken() == ["aggregate tickets", *_WRITTEN, "commitTransaction"]


async def test_an_assignment_to_an_agent_reads_the_ticket_alone(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.tickets.assign(WORKSPACE, ticket_id, _TO_DANA, _DANA)

    assert observed.taken() == ["aggregate tickets", *_WRITTEN, "commitTransaction"]


async def test_an_assignment_to_the_ai_begins_its_turn_and_reads_nothing_more(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.tickets.assign(WORKSPACE, ticket_id, Assignee(AssigneeKind.AI), _DANA)

    assert observed.taken() == [
        "aggregate tickets",
        "update tickets",
        "update ai_turns",
        "insert audit_records",
        "commitTransaction",
    ]


async def test_a_note_reads_the_ticket_alone(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.messages.add_note(WORKSPACE, ticket_id, "a note", "", _DANA)

    assert observed.taken() == ["aggregate tickets", *_WITH_A_MESSAGE, "commitTransaction"]


async def test_a_note_with_a_request_id_looks_for_the_earlier_one(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.messages.add_note(WORKSPACE, ticket_id, "a note", "r1", _DANA)

    assert observed.taken() == ["aggregate tickets, messages", *_WITH_A_MESSAGE, "commitTransaction"]

    await observed.messages.add_note(WORKSPACE, ticket_id, "a note", "r1", _DANA)

    assert observed.taken() == ["aggregate tickets, messages"]


async def test_a_note_on_a_closed_ticket_asks_whether_its_customer_was_forgotten(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket("CLOSED")

    await observed.messages.add_note(WORKSPACE, ticket_id, "a note", "", _DANA)

    read = ["aggregate tickets", "aggregate customers"]
    assert observed.taken() == [*read, *_WITH_A_MESSAGE, "commitTransaction"]


async def test_reopening_looks_for_another_live_ticket_only_if_it_is_not_the_live_one(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket("RESOLVED")

    await observed.tickets.reopen(WORKSPACE, ticket_id, _DANA)

    # Of the customer it reads whether they are blocked, of the channel whether agents share its tickets.
    assert observed.taken() == ["aggregate tickets", "aggregate customers, channels", *_WRITTEN, "commitTransaction"]


async def test_a_reply_reads_whether_its_customer_can_be_reached(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    await observed.replies.reply(WORKSPACE, ticket_id, ReplyContent("an answer"), "", _DANA)

    read = ["aggregate tickets", "aggregate customers, channels"]
    assert observed.taken() == [*read, *_WITH_A_MESSAGE, "commitTransaction"]


async def test_a_reply_reads_what_its_writer_has_seen_in_the_same_commands(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()
    (text,) = await observed.desk.messages(ticket_id)

    seen = Seen(text.message_id)
    await observed.replies.reply(WORKSPACE, ticket_id, ReplyContent("an answer"), "", _DANA, seen)

    read = ["aggregate tickets, messages", "aggregate customers, channels"]
    assert observed.taken() == [*read, *_WITH_A_MESSAGE, "commitTransaction"]


async def test_a_reply_in_many_parts_costs_no_more_than_one_in_one(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    replied = await observed.replies.reply(WORKSPACE, ticket_id, ReplyContent("word " * 1000, split=True), "", _DANA)

    assert len(replied.messages) > 3
    read = ["aggregate tickets", "aggregate customers, channels"]
    assert observed.taken() == [*read, *_WITH_A_MESSAGE, "commitTransaction"]


async def test_news_of_a_reply_reads_the_message_and_its_ticket(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()
    reply = await observed.desk.reply(ticket_id)
    await observed.desk.peer.sent.get()
    await observed.desk.until_recorded("message.delivery_changed", ticket_id)

    await observed.deliveries.record(WORKSPACE, DeliveryUpdate(reply.message_id, DeliveryState.DELIVERED))

    # The replica that has sent it may still be at it.
    assert observed.last_attempt() == [
        "aggregate messages",
        "update tickets",
        "update messages",
        "insert audit_records",
        "commitTransaction",
    ]


async def test_news_of_an_opt_out_reads_the_customer_too(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()
    reply = await observed.desk.reply(ticket_id)
    await observed.desk.peer.sent.get()
    await observed.desk.until_recorded("message.delivery_changed", ticket_id)

    failed = DeliveryUpdate(reply.message_id, DeliveryState.FAILED, error_code=21610, opted_out=True)
    await observed.deliveries.record(WORKSPACE, failed)

    read = ["aggregate messages", "aggregate customers"]
    written = ["update customers", "update tickets", "update messages", "insert audit_records"]
    assert observed.taken() == [*read, *written, "commitTransaction"]


class _Drafts:
    """A responder that always knows an answer."""

    async def draft(self, ticket: Ticket, asked: Asked) -> Drafted:
        return Drafted(Draft("an answer"))


async def test_a_turn_of_the_ai_reads_all_that_it_is_given_once_before_it_decides(
    observed: Observed,
) -> None:
    store, ticket_id = observed.store, await observed.desk.new_ticket()
    # Due within the hour, so that the desk's own loop leaves the turn alone.
    later = utc_now() + timedelta(hours=1)
    tickets = Tickets(store.tickets, store.tags, known_agents(store), lambda: later)
    await tickets.assign(WORKSPACE, ticket_id, Assignee(AssigneeKind.AI), _DANA)
    turn = await store.ai_turns.claim_turn(later, later + timedelta(minutes=1))
    assert turn is not None
    conversations = Conversations(store.messages, store.workspaces, store.channels)
    answers = AiAnswers(
        *(store.tickets, conversations, store.customers, store.reply_counts, _Drafts(), lambda: later, lambda: None)
    )
    observed.taken()

    assert await answers.take(turn) is Taken.ENDED

    read = ["find tickets", "find messages", "find workspaces", "find customers", "find channels", "find counters"]
    decided = ["aggregate tickets", "aggregate customers, channels, ai_turns, counters"]
    written = ["update tickets", "insert messages", "delete ai_turns", "insert audit_records", "update counters"]
    assert observed.taken() == [*read, *decided, *written, "commitTransaction"]


async def test_a_decision_that_asks_for_what_it_did_not_say_it_needs_fails(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()

    def decide(context: TicketContext) -> TicketWrite:
        return TicketWrite(context.ticket, (), customer=context.customer)

    with pytest.raises(LookupError, match="CUSTOMER"):
        await observed.store.tickets.change_ticket(WORKSPACE, ticket_id, decide, Needs.CHANNEL)


async def test_all_that_a_decision_needs_is_read_in_two_commands(observed: Observed) -> None:
    ticket_id = await observed.desk.new_ticket()
    await observed.desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    known: list[TicketContext] = []

    def decide(context: TicketContext) -> TicketWrite:
        known.append(context)
        return TicketWrite(context.ticket)

    observed.taken()
    everything = Needs.CUSTOMER | Needs.CHANNEL | Needs.LIVE_TICKET | Needs.AI_TURN
    await observed.store.tickets.change_ticket(WORKSPACE, ticket_id, decide, everything)

    (context,) = known
    assert context.customer.customer_id == context.ticket.customer_id
    assert context.channel is not None
    assert context.channel.account_sid == ACCOUNT
    assert context.live_ticket_id == ticket_id
    assert context.ai_turn.startswith("trn_")
    assert observed.taken() == ["aggregate tickets", "aggregate customers, channels, ai_turns"]

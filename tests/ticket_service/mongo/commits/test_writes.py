"""What was decided is written only while nobody has changed what it was decided about."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from servicekit.ids import new_id
from servicekit.mongo.blocking_transactions import transact
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.audit import AuditEntry, AuditFilter
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import Erasure
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.texts.consent import Consent
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Decide, Needs, TicketContext, TicketWrite
from ticket_service.mongo.commits.decisions import Decisions
from ticket_service.mongo.commits.reads import Reader
from ticket_service.mongo.commits.wishes import ChangeWish
from ticket_service.mongo.commits.writes import Overtaken, Writer, Writes
from ticket_service.mongo.database import Database
from ticket_service.mongo.store import MongoStore


def _entry(ticket: Ticket) -> AuditEntry:
    return AuditEntry("ticket.updated", ticket.ticket_id, DANA, NOW)


def _tagged(context: TicketContext) -> TicketWrite:
    return TicketWrite(replace(context.ticket, tags=("mine",)), (_entry(context.ticket),))


def _opted_out(context: TicketContext) -> TicketWrite:
    customer = replace(context.customer, consents=(Consent(context.ticket.channel_address, True, NOW),))
    return TicketWrite(context.ticket, (_entry(context.ticket),), customer=customer)


class Commit:
    """A commit in steps, so that something can happen between reading and writing."""

    def __init__(self, client: pymongo.MongoClient[dict[str, object]], name: str) -> None:
        self.database = Database.of(client, name, AUDIT_KEYS)
        self._reader = Reader(self.database)

    def decided(self, *wishes: ChangeWish) -> Writes:
        decisions = Decisions(AUDIT_KEYS, self._reader.read([], wishes), wishes)
        decisions.decide(self._reader.read_needs)
        return decisions.writes

    def write(self, writes: Writes) -> None:
        transact(self.database.client, lambda session: Writer(self.database).write(writes, session))


@pytest.fixture
def commit(mongod: Mongod, database: str) -> Iterator[Commit]:
    """On the database of `store`."""
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(mongod.uri, tz_aware=True) as client:
        yield Commit(client, database)


async def _another_tag(store: MongoStore, ticket: Ticket) -> None:
    await store.tickets.change_ticket(
        "default",
        ticket.ticket_id,
        lambda context: TicketWrite(replace(context.ticket, tags=("theirs",)), (_entry(ticket),)),
    )


async def _seal(store: MongoStore, ticket: Ticket) -> None:
    await store.erasures.seal_tickets(Erasure("default", "default", ticket.customer_id, "", "lse_1", NOW), NOW, 10)


async def _rename(store: MongoStore, ticket: Ticket) -> None:
    def decide(customer: Customer) -> tuple[Customer, tuple[AuditEntry, ...]]:
        renamed = replace(customer, display_name="Ada", update_time=NOW + timedelta(milliseconds=1))
        return renamed, (AuditEntry("customer.updated", "c", DANA, NOW),)

    await store.customers.change_customer("default", ticket.customer_id, decide)


@pytest.mark.parametrize(
    ("decide", "meanwhile"),
    [
        pytest.param(_tagged, _another_tag, id="the ticket was changed"),
        pytest.param(_tagged, _seal, id="the ticket was sealed, which adds no audit record"),
        pytest.param(_opted_out, _rename, id="the customer was renamed"),
    ],
)
async def test_what_somebody_has_changed_meanwhile_is_not_written_over(
    store: MongoStore,
    new_ticket: NewTicket,
    commit: Commit,
    decide: Decide,
    meanwhile: Callable[[MongoStore, Ticket], Awaitable[None]],
) -> None:
    ticket, calm = await new_ticket(), await new_ticket()
    writes = commit.decided(
        ChangeWish("default", _tagged, ticket_id=calm.ticket_id),
        ChangeWish("default", decide, Needs.CUSTOMER, ticket_id=ticket.ticket_id),
    )
    await meanwhile(store, ticket)
    records = await store.audit.list_records(AuditFilter("default"), 50)

    with pytest.raises(Overtaken):
        commit.write(writes)

    # Nor is anything of what shared the commit.
    assert (await store.tickets.get_ticket("default", calm.ticket_id)).tags == ()
    assert await store.audit.list_records(AuditFilter("default"), 50) == records


async def test_what_is_as_it_was_read_is_written(store: MongoStore, new_ticket: NewTicket, commit: Commit) -> None:
    ticket = await new_ticket()

    commit.write(commit.decided(ChangeWish("default", _opted_out, Needs.CUSTOMER, ticket_id=ticket.ticket_id)))

    assert (await store.customers.get_customer("default", ticket.customer_id)).opted_out


async def _sent_reply(store: MongoStore, ticket: Ticket) -> Message:
    reply = Message(
        message_id=new_id("msg"),
        organization_id="default",
        workspace_id="default",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id=ticket.channel_id,
        direction=Direction.OUTBOUND,
        author=DANA,
        text="a text",
        message_time=NOW,
        create_time=NOW,
        account_sid="AC1",
        twilio_message_sid="",
        delivery=Delivery(DeliveryState.SENT, NOW),
    )
    await store.tickets.change_ticket(
        "default", ticket.ticket_id, lambda context: TicketWrite(context.ticket, (_entry(ticket),), reply)
    )
    return reply


def _delivered(context: TicketContext) -> TicketWrite:
    assert context.message is not None
    message = replace(context.message, delivery=Delivery(DeliveryState.DELIVERED, NOW))
    return TicketWrite(context.ticket, (_entry(context.ticket),), message)


async def test_news_of_a_reply_leaves_alone_what_was_erased_meanwhile(
    store: MongoStore, new_ticket: NewTicket, commit: Commit
) -> None:
    ticket = await new_ticket()
    reply = await _sent_reply(store, ticket)

    writes = commit.decided(ChangeWish("default", _delivered, message_id=reply.message_id))
    await store.erasures.erase_messages([reply.message_id], NOW)
    commit.write(writes)

    (written,) = await store.messages.list_messages("default", ticket.ticket_id, None, 50)
    assert (written.text, written.erase_time) == ("", NOW)
    assert written.delivery is not None
    assert written.delivery.state is DeliveryState.DELIVERED


async def test_news_of_a_reply_never_goes_back_behind_later_news(
    store: MongoStore, new_ticket: NewTicket, commit: Commit
) -> None:
    ticket = await new_ticket()
    reply = await _sent_reply(store, ticket)

    writes = commit.decided(ChangeWish("default", _delivered, message_id=reply.message_id))
    # As if the ticket had been read after that change, and the message before it.
    failed = {"$set": {"delivery.state": DeliveryState.FAILED.value}}
    commit.database.messages.update_one({"_id": reply.message_id}, failed)

    with pytest.raises(Overtaken):
        commit.write(writes)

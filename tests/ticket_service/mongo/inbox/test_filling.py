"""Tickets that a version before has written, or changes beside this one, get what lists show of them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.ticket_service.mongo.conftest import NOW, NewTicket
from ticket_service.background.inbox_index import InboxIndex
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.inbox.last_message import LastMessage
from ticket_service.domain.inbox.ticket_list import TicketFilter, TicketOrder
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.indexes import OLD_INDEXES
from ticket_service.mongo.message_documents import message_to_document
from ticket_service.mongo.store import MongoStore

LEE = Actor(ActorKind.AGENT, "lee")
_KEPT = ("waiting_since", "last_message", "customer_display_name", "summed_count", "inbound_position", "failed_reply")


@pytest.fixture
async def old(raw: Database, new_ticket: NewTicket) -> Ticket:
    """A ticket as the version before has left it, without messages."""
    ticket = await new_ticket()
    await raw.tickets.update_one({"_id": ticket.ticket_id}, {"$unset": dict.fromkeys(_KEPT, "")})
    return ticket


async def say(raw: Database, ticket: Ticket, minutes: int, direction: Direction, **fields: Any) -> None:
    """A message so many minutes after the ticket's creation; the version before counts it, and no more."""
    time = NOW + timedelta(minutes=minutes)
    message = Message(
        message_id=f"msg_{ticket.ticket_id}_{minutes}",
        organization_id="default",
        workspace_id="default",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id="chn_1",
        direction=direction,
        author=Actor(ActorKind.CUSTOMER, ticket.customer_id) if direction is Direction.INBOUND else LEE,
        text=f"after {minutes}",
        message_time=time,
        create_time=time,
        **fields,
    )
    await raw.messages.insert_one(message_to_document(message))
    if direction is not Direction.NOTE:
        await raw.tickets.update_one({"_id": ticket.ticket_id}, {"$inc": {"message_count": 1, "audit_sequence": 1}})


async def fill(store: MongoStore, *hours: float) -> None:
    """What a replica does when it starts, and so many hours after that."""
    times = [NOW]
    index = InboxIndex(store.inbox, lambda: times[-1])
    for hour in (0, *hours):
        times.append(NOW + timedelta(hours=hour))
        while await index.fill_in():
            pass


async def test_older_tickets_say_what_their_messages_say(store: MongoStore, raw: Database, old: Ticket) -> None:
    for minutes, direction in enumerate([Direction.INBOUND, Direction.OUTBOUND, Direction.INBOUND, Direction.INBOUND]):
        await say(raw, old, minutes, direction)
    await say(raw, old, 4, Direction.OUTBOUND, is_notice=True)
    await say(raw, old, 5, Direction.NOTE)

    await fill(store)

    ticket = await store.tickets.get_ticket("default", old.ticket_id)
    assert ticket.waiting_since == NOW + timedelta(minutes=2)
    assert ticket.last_message is not None
    assert (ticket.last_message.preview, ticket.last_message.time) == ("after 3", NOW + timedelta(minutes=3))
    assert ticket.customer_display_name.startswith("SMS from +1555")
    assert not ticket.failed_reply
    assert not ticket.is_unread_by("dana")
    listed = await store.inbox.list_tickets(TicketFilter("default"), TicketOrder.WAITING, None, 9, NOW)
    assert listed.tickets == [ticket]


@pytest.mark.parametrize("state", [DeliveryState.SCHEDULED, DeliveryState.CANCELLED])
async def test_a_reply_that_waits_or_was_cancelled_says_nothing(
    store: MongoStore, raw: Database, old: Ticket, state: DeliveryState
) -> None:
    await say(raw, old, 1, Direction.INBOUND)
    await say(raw, old, 2, Direction.OUTBOUND, delivery=Delivery(state, NOW))

    await fill(store)

    ticket = await store.tickets.get_ticket("default", old.ticket_id)
    assert ticket.last_message is not None
    assert (ticket.waiting_since, ticket.last_message.preview) == (NOW + timedelta(minutes=1), "after 1")


async def test_a_ticket_without_texts_and_one_whose_reply_failed_are_filled_in_once(
    store: MongoStore, raw: Database, old: Ticket, new_ticket: NewTicket
) -> None:
    failed = await new_ticket()
    await raw.tickets.update_one({"_id": failed.ticket_id}, {"$unset": dict.fromkeys(_KEPT, "")})
    await say(raw, failed, 1, Direction.OUTBOUND, delivery=Delivery(DeliveryState.FAILED, NOW))

    await fill(store)

    assert (await store.tickets.get_ticket("default", failed.ticket_id)).failed_reply
    assert (await store.tickets.get_ticket("default", old.ticket_id)).last_message is not None
    assert await store.inbox.fill_in(10) == 0


async def test_what_an_old_replica_changes_meanwhile_is_put_right(
    store: MongoStore, raw: Database, old: Ticket, new_ticket: NewTicket
) -> None:
    settled = await new_ticket()
    await say(raw, old, 1, Direction.INBOUND)
    await fill(store)

    await say(raw, old, 2, Direction.OUTBOUND)
    await raw.tickets.update_one({"_id": old.ticket_id}, {"$set": {"state": "PENDING"}})
    await raw.tickets.update_one({"_id": settled.ticket_id}, {"$set": {"state": "CLOSED"}})
    await fill(store)

    ticket = await store.tickets.get_ticket("default", old.ticket_id)
    assert ticket.last_message is not None
    assert (ticket.waiting_since, ticket.last_message.preview) == (None, "after 2")
    stored = await raw.tickets.find_one({"_id": settled.ticket_id})
    assert "waiting_since" not in stored
    assert await store.inbox.correct(10) == 0


async def test_a_notice_that_an_old_replica_has_put_before_a_question_gives_way(
    store: MongoStore, raw: Database, old: Ticket
) -> None:
    """Nothing else changes: who waits since when, an older text of theirs notwithstanding, is kept as it is."""
    await say(raw, old, 1, Direction.INBOUND)
    await say(raw, old, 2, Direction.INBOUND)
    await say(raw, old, 3, Direction.OUTBOUND, is_notice=True)
    notice = {"time": NOW + timedelta(minutes=3), "direction": "OUTBOUND", "preview": "after 3"}
    kept = {"waiting_since": NOW + timedelta(minutes=2), "summed_count": 3, "customer_display_name": "Ada"}
    await raw.tickets.update_one({"_id": old.ticket_id}, {"$set": {"last_message": notice, **kept}})

    await fill(store)

    ticket = await store.tickets.get_ticket("default", old.ticket_id)
    assert ticket.last_message == LastMessage(NOW + timedelta(minutes=2), Direction.INBOUND, "after 2")
    assert (ticket.waiting_since, ticket.customer_display_name) == (NOW + timedelta(minutes=2), "Ada")
    assert await store.inbox.correct(10) == 0


async def test_an_answer_that_an_old_replica_has_stored_gets_its_author(
    store: MongoStore, raw: Database, old: Ticket
) -> None:
    """The ticket was reopened after it: it stays what was said last."""
    await say(raw, old, 1, Direction.OUTBOUND)
    answer = {"time": NOW + timedelta(minutes=1), "direction": "OUTBOUND", "preview": "after 1"}
    await raw.tickets.update_one(
        {"_id": old.ticket_id}, {"$set": {"last_message": answer, "waiting_since": NOW, "summed_count": 1}}
    )

    await fill(store)

    ticket = await store.tickets.get_ticket("default", old.ticket_id)
    assert ticket.last_message is not None
    assert (ticket.last_message.preview, ticket.last_message.author) == ("after 1", LEE)
    assert ticket.waiting_since == NOW
    assert await store.inbox.correct(10) == 0


async def test_what_the_version_before_listed_by_goes_once_it_runs_no_more(store: MongoStore, raw: Database) -> None:
    """Its replicas name the indexes that they list by: without them their lists would fail."""
    for name in OLD_INDEXES:
        await raw.tickets.create_index([("workspace_id", 1), (name, 1), ("_id", -1)], name=name)

    await fill(store, 0.9)
    there = set(await raw.tickets.index_information())
    for _ in range(2):
        await fill(store, 1)

    assert set(OLD_INDEXES) <= there
    assert not set(OLD_INDEXES) & set(await raw.tickets.index_information())

"""The contract of ports/outbox.py."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import UpdateOne

from dev.local_stack.mongod import Mongod
from tests.mongo_clients import mongo_client
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from tests.wire import Wire
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message, Wait
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.mongo.database import Database
from ticket_service.mongo.messages import OUTBOX_FIELDS, next_due
from ticket_service.mongo.outbox import MongoOutbox
from ticket_service.mongo.store import MongoStore

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


def _reply(ticket: Ticket, message_id: str, position: int, time: datetime) -> Message:
    return Message(
        message_id=message_id,
        organization_id="default",
        workspace_id="default",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id=ticket.channel_id,
        direction=Direction.OUTBOUND,
        author=DANA,
        text=message_id,
        message_time=time,
        create_time=time,
        delivery=Delivery(DeliveryState.QUEUED, time),
        position=position,
    )


async def _stored(store: MongoStore, ticket: Ticket, first: Message, *more: Message) -> None:
    """Stores replies of one ticket together."""

    def decide(context: TicketContext) -> TicketWrite:
        entry = AuditEntry("message.queued", first.message_id, DANA, first.create_time)
        return TicketWrite(context.ticket, (entry,), first, more_messages=more)

    await store.tickets.change_ticket("default", ticket.ticket_id, decide)


async def _replied(store: MongoStore, ticket: Ticket, message_id: str, position: int, seconds: float = 0) -> None:
    """Stores a reply of so many seconds after NOW."""
    await _stored(store, ticket, _reply(ticket, message_id, position, NOW + timedelta(seconds=seconds)))


async def _many_replied(store: MongoStore, ticket: Ticket, count: int) -> list[str]:
    """Stores so many replies of one ticket; their ids, in their order."""
    replies = [_reply(ticket, f"msg_{number:04}", number, NOW) for number in range(1, count + 1)]
    await _stored(store, ticket, *replies)
    return [reply.message_id for reply in replies]


async def _claimed(store: MongoStore, seconds: float, limit: int = 10) -> list[str]:
    now = NOW + timedelta(seconds=seconds)
    return [reply.message.message_id for reply in (await store.outbox.claim(now, now + LEASE, limit)).replies]


async def _became(store: MongoStore, message_id: str, state: DeliveryState) -> None:
    await store.tickets.change_message("default", message_id, lambda context: _left(context, state))


def _left(context: TicketContext, state: DeliveryState = DeliveryState.ACCEPTED) -> TicketWrite:
    assert context.message is not None
    message = replace(context.message, delivery=Delivery(state, NOW))
    entry = AuditEntry("message.delivery_changed", message.message_id, DANA, NOW)
    return TicketWrite(context.ticket, (entry,), message)


async def test_replies_that_are_due_are_claimed_oldest_first_and_at_most_so_many(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    for number in (2, 0, 1):
        await _replied(store, await new_ticket(), f"msg_{number}", 1, seconds=number)

    assert await _claimed(store, 1.5) == ["msg_0", "msg_1"]
    assert await _claimed(store, 2) == ["msg_2"]
    assert await _claimed(store, 2 + LEASE.total_seconds(), limit=2) == ["msg_0", "msg_1"]


async def test_replies_of_one_ticket_are_claimed_together_in_their_order(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    for number in range(3):
        await _replied(store, ticket, f"msg_{number}", number)

    assert await _claimed(store, 1) == ["msg_0", "msg_1", "msg_2"]


async def test_a_reply_is_held_back_while_an_earlier_one_of_its_ticket_is_somebody_elses(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_first", 1)
    assert await _claimed(store, 0) == ["msg_first"]
    await _replied(store, ticket, "msg_second", 2)

    assert await _claimed(store, 0) == []
    assert await _claimed(store, 10) == []

    await _became(store, "msg_first", DeliveryState.ACCEPTED)

    assert await _claimed(store, 20) == ["msg_second"]


async def test_a_reply_that_is_still_queued_keeps_its_lease_when_news_of_it_is_written(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    assert await _claimed(store, 0) == ["msg_1"]

    await _became(store, "msg_1", DeliveryState.QUEUED)

    assert await _claimed(store, 29) == []
    assert await _claimed(store, 30) == ["msg_1"]


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.FAILED])
async def test_postponing_a_reply_that_is_not_queued_any_more_does_nothing(
    store: MongoStore, new_ticket: NewTicket, state: DeliveryState
) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    await _claimed(store, 0)
    await _became(store, "msg_1", state)

    await store.outbox.postpone([Wait(["msg_1"], NOW)], NOW)

    assert await _claimed(store, 60) == []


async def test_a_postponed_reply_is_due_again_at_its_time(store: MongoStore, new_ticket: NewTicket) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    await _claimed(store, 0)

    await store.outbox.postpone([Wait(["msg_1"], NOW + 5 * SECOND)], NOW)

    assert await _claimed(store, 4) == []
    assert await _claimed(store, 5) == ["msg_1"]


@pytest.mark.parametrize("left", [0, 1])
async def test_replies_that_are_given_back_are_due_for_replicas_whose_clocks_are_behind(
    store: MongoStore, new_ticket: NewTicket, left: int
) -> None:
    ids = await _many_replied(store, await new_ticket(), 2)
    fast = NOW + timedelta(days=1)
    assert len((await store.outbox.claim(fast, fast + LEASE, 10)).replies) == len(ids)
    for reply in ids[:left]:
        await _became(store, reply, DeliveryState.ACCEPTED)

    await store.outbox.postpone([Wait(ids)], fast)

    assert await _claimed(store, -3600) == ids[left : left + 1]


async def test_a_reply_that_waits_behind_another_is_due_once_that_one_has_left(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    for number in range(3):
        await _replied(store, ticket, f"msg_{number}", number)
        assert await _claimed(store, 0) == ([] if number else ["msg_0"])

    for number in range(2):
        await _became(store, f"msg_{number}", DeliveryState.FAILED)
        assert await _claimed(store, 0) == [f"msg_{number + 1}"]


async def test_a_reply_between_two_others_of_its_ticket_is_not_overtaken(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_0", 1)
    assert await _claimed(store, 0) == ["msg_0"]
    await _replied(store, ticket, "msg_1", 2)
    assert await _claimed(store, 0) == []
    await _replied(store, ticket, "msg_2", 3)

    # The first one is due again at the same time as the third one, and the second one is not.
    await store.outbox.postpone([Wait(["msg_0"], NOW)], NOW)

    assert await _claimed(store, 0) == ["msg_0"]


async def test_replies_behind_one_that_is_postponed_follow_it(store: MongoStore, new_ticket: NewTicket) -> None:
    ids = await _many_replied(store, await new_ticket(), 4)
    assert await _claimed(store, 0) == ids

    await store.outbox.postpone([Wait(ids, NOW + 5 * SECOND)], NOW)
    assert await _claimed(store, 4) == []
    assert await _claimed(store, 5) == ids[:1]

    for before, behind in pairwise(ids):
        await _became(store, before, DeliveryState.ACCEPTED)
        assert await _claimed(store, 5) == [behind]


async def test_replies_whose_first_one_has_left_before_they_are_postponed_are_due(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ids = await _many_replied(store, await new_ticket(), 3)
    await _claimed(store, 0)
    await _became(store, ids[0], DeliveryState.ACCEPTED)

    await store.outbox.postpone([Wait(ids, NOW)], NOW)

    assert await _claimed(store, 0) == ids[1:]


async def test_claim_says_when_the_next_reply_is_due_and_whether_there_are_more(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    for number in range(3):
        await _replied(store, await new_ticket(), f"msg_{number}", 1, seconds=number)

    first = await store.outbox.claim(NOW, NOW + LEASE, 2)
    both = await store.outbox.claim(NOW + 2 * SECOND, NOW + LEASE, 1)
    none = await store.outbox.claim(NOW, NOW + LEASE, 1)

    assert (len(first.replies), first.more, first.next_due) == (1, False, NOW + SECOND)
    assert (len(both.replies), both.more) == (1, True)
    assert (len(none.replies), none.more, none.next_due) == (0, False, NOW + 2 * SECOND)


async def test_claimed_reply_comes_with_its_ticket(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_1", 1)

    (reply,) = (await store.outbox.claim(NOW, NOW + LEASE, 10)).replies

    assert reply.ticket == await store.tickets.get_ticket("default", ticket.ticket_id)


async def test_500_replies_behind_one_that_waits_cost_a_few_commands_once_and_none_later(
    store: MongoStore, new_ticket: NewTicket, mongod: Mongod, database: str
) -> None:
    ids = await _many_replied(store, await new_ticket(), 501)
    wire = Wire()
    observed = MongoStore(mongod.uri, database, AUDIT_KEYS, [wire])

    assert await _claimed(observed, 0, limit=100) == ids[:100]
    await observed.outbox.postpone([Wait(ids[:100], NOW + SECOND)], NOW)
    for _ in range(5):
        assert await _claimed(observed, 0, limit=100) == []
    assert len(wire.commands) <= 25

    wire.commands.clear()
    for seconds in range(1, 30):
        assert await _claimed(observed, seconds, limit=100) == ids[:1]
        await observed.outbox.postpone([Wait(ids[:1], NOW + (seconds + 1) * SECOND)], NOW)
    # Each look at the first reply, and at nothing else: what is due, the reply, its lease, and the next time.
    assert wire.commands == ["find messages", "aggregate messages", "update messages", "update messages"] * 29
    observed.close()


class _Replica:
    """An outbox, and the transactions that another replica runs beside it."""

    def __init__(self, uri: str, database: str) -> None:
        self.wire = Wire()
        self._client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(uri, event_listeners=[self.wire], tz_aware=True)
        self.database = Database.of(self._client, database, AUDIT_KEYS)
        self.outbox = MongoOutbox(self.database)

    async def claimed(self) -> list[str]:
        """What a look at NOW claims."""
        return [reply.message.message_id for reply in (await self.outbox.claim(NOW, NOW + LEASE, 10)).replies]

    def close(self) -> None:
        self._client.close()


@pytest.fixture
async def replica(mongod: Mongod, database: str) -> AsyncIterator[_Replica]:
    replica = _Replica(mongod.uri, database)
    yield replica
    replica.close()


async def test_a_reply_held_back_while_the_one_before_is_being_recorded_is_due_afterwards(
    store: MongoStore, replica: _Replica, new_ticket: NewTicket
) -> None:
    """The record is written and not committed yet when somebody finds the follower behind its reply."""
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_first", 1)
    assert await replica.claimed() == ["msg_first"]
    await _replied(store, ticket, "msg_second", 2)
    left = replace(_reply(ticket, "msg_first", 1, NOW), delivery=Delivery(DeliveryState.ACCEPTED, NOW))
    looks: list[asyncio.Task[list[str]]] = []

    async def record(session: Any) -> None:
        left_outbox = UpdateOne({"_id": "msg_first"}, {"$unset": dict.fromkeys(OUTBOX_FIELDS, "")})
        await replica.database.messages.bulk_write([left_outbox, next_due(left)], session=session)
        replica.wire.commands.clear()
        looks.append(asyncio.create_task(replica.claimed()))
        await replica.wire.until("update messages")

    await replica.database.in_transaction(record)

    assert [await look for look in looks] == [[]]
    assert await replica.claimed() == ["msg_second"]


async def test_a_reply_held_back_after_a_record_of_the_one_before_has_begun_is_due_afterwards(
    store: MongoStore, replica: _Replica, new_ticket: NewTicket
) -> None:
    """The record has read what it decides by before the follower is held back, and writes afterwards."""
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_first", 1)
    assert await replica.claimed() == ["msg_first"]
    await _replied(store, ticket, "msg_second", 2)
    loop, looks = asyncio.get_running_loop(), list[list[str]]()

    def decide(context: TicketContext) -> TicketWrite:
        # Decisions are made by a thread of their own.
        looks.append(asyncio.run_coroutine_threadsafe(replica.claimed(), loop).result(20))
        return _left(context)

    await store.tickets.change_message("default", "msg_first", decide)

    assert looks[0] == []
    assert await replica.claimed() == ["msg_second"]


async def test_reply_that_cannot_be_read_keeps_no_other_waiting(
    store: MongoStore, new_ticket: NewTicket, mongod: Mongod, database: str
) -> None:
    for ticket, message_id in ((await new_ticket(), "msg_poisoned"), (await new_ticket(), "msg_well")):
        await _replied(store, ticket, message_id, 1)
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongod.uri)
    await client[database]["messages"].update_one({"_id": "msg_poisoned"}, {"$set": {"direction": "SIDEWAYS"}})
    client.close()

    assert await _claimed(store, 1) == ["msg_well"]


@pytest.mark.parametrize(
    "damage", [{"ticket_id": 7}, {"ticket_id": None}, {"position": "second"}, {"position": None}, {"position": [2]}]
)
async def test_reply_whose_place_is_none_keeps_nothing_else_waiting(
    store: MongoStore, new_ticket: NewTicket, mongod: Mongod, database: str, damage: dict[str, Any]
) -> None:
    first, other = [await new_ticket() for _ in range(2)]
    await _stored(store, first, *(_reply(first, f"msg_{place}", place, NOW) for place in (1, 2)))
    await _replied(store, other, "msg_well", 1)
    with mongo_client(mongod.uri) as client:
        client[database].messages.update_one({"_id": "msg_2"}, {"$set": damage})

    assert {"msg_1", "msg_well"} <= set(await _claimed(store, 1))


@pytest.mark.parametrize("damage", [{"delivery.state": "TELEPORTED"}, {"author": "dana"}])
async def test_reply_that_cannot_be_read_keeps_nothing_waiting_but_what_is_behind_it(
    store: MongoStore, new_ticket: NewTicket, mongod: Mongod, database: str, damage: dict[str, Any]
) -> None:
    tickets = [await new_ticket() for _ in range(4)]
    for number, ticket in enumerate(tickets):
        await _stored(store, ticket, *(_reply(ticket, f"msg_{number}{place}", place, NOW) for place in (1, 2)))
    client: Any = AsyncIOMotorClient(mongod.uri)
    messages = client[database].messages
    whole = await messages.find_one_and_update({"_id": "msg_12"}, {"$set": damage})
    lost = await messages.find_one_and_update({"_id": "msg_21"}, {"$set": damage})

    assert sorted(await _claimed(store, 1)) == ["msg_01", "msg_02", "msg_11", "msg_31", "msg_32"]
    assert await _claimed(store, 2) == []

    for document in (whole, lost):
        await messages.update_one({"_id": document["_id"]}, {"$set": {name: _of(document, name) for name in damage}})
    client.close()
    # Each follows the one before it, which is claimed or has not left yet.
    await _became(store, "msg_11", DeliveryState.ACCEPTED)
    assert sorted(await _claimed(store, 31.5)) == ["msg_01", "msg_02", "msg_12", "msg_21", "msg_31", "msg_32"]


def _of(document: dict[str, Any], name: str) -> Any:
    for part in name.split("."):
        document = document[part]
    return document

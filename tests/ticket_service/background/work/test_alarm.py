"""Tickets that were put aside wake when their time comes, once, whichever replica sees it first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import actor_pb2
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import AGENT, Desk
from ticket_service.background.snoozes import Alarm
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.work.snooze import DueSnooze
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.work.snoozes import Snoozes


@dataclass
class Replica:
    """The alarm on the desk's database, at a time that the test tells."""

    store: MongoStore
    now: datetime

    def clock(self) -> datetime:
        return self.now

    async def wake(self) -> bool:
        snoozes = Snoozes(self.store.tickets, self.clock)
        return await Alarm(self.store.snoozes, snoozes, self.clock, 3600).wake_due()


@pytest.fixture
async def replicas(mongod: Mongod, database: str) -> AsyncIterator[list[Replica]]:
    """Three of them, a day later."""
    stores = [MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri)) for _ in range(3)]
    yield [Replica(store, datetime.now(UTC) + timedelta(days=1)) for store in stores]
    for store in stores:
        store.close()


async def _snoozed(desk: Desk, **time: Any) -> str:
    ticket_id = await desk.new_ticket()
    until = datetime.now(UTC) + timedelta(**time) if time else None
    await desk.change("SnoozeTicket", ticket_id, snooze_until=until)
    return ticket_id


async def test_woken_once_and_only_those_that_are_due(desk: Desk, replicas: list[Replica]) -> None:
    await desk.subscribe()
    due = [await _snoozed(desk, hours=hours) for hours in (1, 2, 3)]
    later = [await _snoozed(desk, days=2), await _snoozed(desk)]

    assert await asyncio.gather(*(replica.wake() for replica in replicas)) == [False] * 3

    for ticket_id in due:
        (woken,) = await desk.records(ticket_id=ticket_id, action="ticket.unsnoozed")
        assert (woken.actor.kind, woken.actor.id) == (actor_pb2.ACTOR_KIND_SERVICE, "snoozes")
        assert dict(woken.details) == {"why": "time"}
        assert not (await desk.ticket(ticket_id)).snoozed
    assert all([(await desk.ticket(ticket_id)).snoozed for ticket_id in later])


async def test_one_that_was_put_aside_again_meanwhile_goes_on_sleeping(desk: Desk, replicas: list[Replica]) -> None:
    await desk.subscribe()
    ticket_id, (replica, *_) = await _snoozed(desk, hours=1), replicas
    assert await replica.store.snoozes.list_due(replica.now, 9) == [DueSnooze("default", ticket_id)]
    later = await desk.change("SnoozeTicket", ticket_id, snooze_until=datetime.now(UTC) + timedelta(days=5))

    snoozes = Snoozes(replica.store.tickets, replica.clock)
    await snoozes.wake_if_due(DueSnooze("default", ticket_id), Actor(ActorKind.SERVICE, "snoozes"))

    assert await desk.ticket(ticket_id, AGENT) == later


async def test_one_that_cannot_be_woken_keeps_no_other_waiting(
    desk: Desk, replicas: list[Replica], mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    poisoned, *others = [await _snoozed(desk, hours=1) for _ in range(3)]
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database]["tickets"].update_one({"_id": poisoned}, {"$set": {"audit_sequence": "one"}})

    await replicas[0].wake()

    assert [(await desk.ticket(ticket_id)).snoozed for ticket_id in others] == [False, False]

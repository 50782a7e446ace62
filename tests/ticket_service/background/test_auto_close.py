"""RESOLVED tickets become CLOSED after their workspace's time, whichever replica sees it first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import actor_pb2, workspace_service_pb2
from tests.agents import known_agents
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import ORGANIZATION, WORKSPACE, Desk, fresh_address, inbound, state_of
from ticket_service.background.auto_close import AutoClose
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.tickets import Tickets


@dataclass
class Replica:
    """Auto-close on the desk's database, at a time that the test tells."""

    store: MongoStore
    now: datetime

    def auto_close(self) -> AutoClose:
        tickets = Tickets(self.store.tickets, self.store.tags, known_agents(self.store), self.clock)
        return AutoClose(self.store.tickets, self.store.workspaces, tickets, self.clock, 3600)

    def clock(self) -> datetime:
        return self.now

    async def close_after(self, time: timedelta) -> bool:
        """Closes what is due when `time` has passed since the test began."""
        self.now = datetime.now(UTC) + time
        return await self.auto_close().close_due()


@pytest.fixture
async def replica(mongod: Mongod, database: str) -> AsyncIterator[Replica]:
    """A replica of auto-close."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))
    yield Replica(store, datetime.now(UTC))
    store.close()


async def _set_auto_close(desk: Desk, seconds: int) -> None:
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=workspace_service_pb2.Workspace(workspace_id=WORKSPACE, auto_close_after=Duration(seconds=seconds)),
        update_mask=FieldMask(paths=["auto_close_after"]),
    )
    await desk.workspaces.UpdateWorkspace(request)


@pytest.mark.parametrize(
    ("auto_close_seconds", "passed", "state"),
    [
        pytest.param(None, timedelta(days=6, hours=23), "RESOLVED", id="7 days by default: not before"),
        pytest.param(None, timedelta(days=7, minutes=1), "CLOSED", id="7 days by default: after"),
        pytest.param(3600, timedelta(minutes=59), "RESOLVED", id="an hour: not before"),
        pytest.param(3600, timedelta(minutes=61), "CLOSED", id="an hour: after"),
        pytest.param(0, timedelta(days=4000), "RESOLVED", id="0 is never"),
    ],
)
async def test_resolved_ticket(
    desk: Desk, replica: Replica, auto_close_seconds: int | None, passed: timedelta, state: str
) -> None:
    await desk.subscribe()
    if auto_close_seconds is not None:
        await _set_auto_close(desk, auto_close_seconds)
    ticket_id = await desk.new_ticket("RESOLVED")

    assert not await replica.close_after(passed)

    assert state_of(await desk.ticket(ticket_id)) == state
    if state == "CLOSED":
        last = (await desk.records(ticket_id=ticket_id))[-1]
        assert (last.action, last.actor.kind, last.actor.id) == (
            "ticket.closed",
            actor_pb2.ACTOR_KIND_SERVICE,
            "auto_close",
        )


@pytest.mark.parametrize("state", ["OPEN", "PENDING"])
async def test_ticket_that_is_not_resolved_stays(desk: Desk, replica: Replica, state: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(state)

    await replica.close_after(timedelta(days=100))

    assert state_of(await desk.ticket(ticket_id)) == state


async def test_ticket_that_was_reopened_and_resolved_again_starts_anew(desk: Desk, replica: Replica) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket("RESOLVED")
    first = (await desk.ticket(ticket_id)).resolve_time.ToDatetime(UTC)
    await desk.change("ReopenTicket", ticket_id)
    again = await desk.change("ResolveTicket", ticket_id)
    assert again.resolve_time.ToDatetime(UTC) > first

    replica.now = first + timedelta(days=7, milliseconds=1)
    await replica.auto_close().close_due()

    assert state_of(await desk.ticket(ticket_id)) == "RESOLVED"


async def test_ticket_that_is_reopened_while_it_is_looked_at_is_left_alone(desk: Desk, replica: Replica) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket("RESOLVED")
    before = datetime.now(UTC) + timedelta(seconds=1)
    (seen,) = await replica.store.tickets.list_resolved(WORKSPACE, before, 10)
    await desk.change("ReopenTicket", ticket_id)
    records = await desk.actions(ticket_id)

    tickets = Tickets(replica.store.tickets, replica.store.tags, known_agents(replica.store), replica.clock)
    await tickets.close_if_still_resolved(seen, before, Actor(ActorKind.SERVICE, "auto_close"))

    assert state_of(await desk.ticket(ticket_id)) == "OPEN"
    assert await desk.actions(ticket_id) == records


async def test_two_replicas_at_once_close_once(desk: Desk, replica: Replica, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_ids = [await desk.new_ticket("RESOLVED") for _ in range(5)]
    other = Replica(MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri)), replica.now)

    await asyncio.gather(*(r.close_after(timedelta(days=8)) for r in (replica, other)))
    other.store.close()

    for ticket_id in ticket_ids:
        assert state_of(await desk.ticket(ticket_id)) == "CLOSED"
        assert (await desk.actions(ticket_id)).count("ticket.closed") == 1


async def test_more_than_one_batch_is_closed(desk: Desk, replica: Replica) -> None:
    await desk.subscribe()
    outcomes = await desk.texts(*(inbound(customer_address=fresh_address()) for _ in range(100)))
    for ticket_id in [*(outcome.stored.ticket_id for outcome in outcomes), await desk.new_ticket()]:
        await desk.move(ticket_id, "RESOLVED")

    more = [await replica.close_after(timedelta(days=8)) for _ in range(2)]

    assert more == [True, False]
    states = {state_of(ticket) for ticket in await desk.all_tickets(page_size=200)}
    assert states == {"CLOSED"}


async def test_ticket_that_cannot_be_closed_keeps_no_other_waiting(
    desk: Desk, replica: Replica, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    poisoned, *others = [await desk.new_ticket("RESOLVED") for _ in range(3)]
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database]["tickets"].update_one({"_id": poisoned}, {"$set": {"audit_sequence": "one"}})

    assert not await replica.close_after(timedelta(days=8))

    assert [state_of(await desk.ticket(ticket_id)) for ticket_id in others] == ["CLOSED", "CLOSED"]


async def test_next_text_after_auto_close_opens_a_new_ticket(desk: Desk, replica: Replica) -> None:
    await desk.subscribe()
    old = await desk.new_ticket("RESOLVED", customer_address="+15551234567")

    await replica.close_after(timedelta(days=8))
    stored = (await desk.text("again")).stored

    assert stored.ticket_created
    assert stored.ticket_id != old

"""Reports are counted from the trail: each record once, by however many replicas, whichever of them ends when, and of
whatever was there before."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest
from pymongo.errors import AutoReconnect

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import ticket_service_pb2
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, THE_AI, WORKSPACE, Desk, fresh_address
from tests.ticket_service.responder_peer import ResponderPeer, always, hand_off, no_reply
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.background.report_counting import ReportCounting
from ticket_service.domain.reports.figures import Dimension, Figures, together
from ticket_service.domain.reports.ticket_row import RowFilter, TicketRow
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.work.offices import KnownOffices


@dataclass
class Counting:
    """A replica that counts when the test says so, on the desk's database."""

    store: MongoStore
    database: Any

    async def until_alone(self) -> None:
        """Waits until no other replica counts."""
        async with asyncio.timeout(90):
            while True:
                if await self.store.reports.claim_counting(utc_now(), utc_now() + timedelta(minutes=1)):
                    return
                await asyncio.sleep(0.02)

    async def anchor(self) -> None:
        """Anchors what has grown."""
        await AuditAnchors(self.store.anchors, AUDIT_KEYS, utc_now, 1).anchor()

    async def count(self) -> None:
        """Anchors what has grown, and counts it to the end."""
        await self.anchor()
        counting = _counting(self.store)
        assert not await counting.count_all()

    async def rows(self) -> list[TicketRow]:
        """Those of all tickets."""
        ever = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC))
        return await self.store.reports.list_rows(RowFilter(WORKSPACE, *ever), 100)

    async def figures(self, dimension: Dimension = Dimension.CHANNEL) -> Figures:
        days = await self.store.reports.read_days(WORKSPACE, [dimension], "2000-01-01", "2999-01-01")
        return together(day.figures for day in days)


def _counting(store: MongoStore) -> ReportCounting:
    return ReportCounting(store.reports, KnownOffices(store.workspaces), utc_now, 3600)


@pytest.fixture
async def counting(mongod: Mongod, database: str) -> AsyncIterator[Counting]:
    """A replica of the counting."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        yield Counting(store, client[database])
    store.close()


@pytest.fixture
async def desk(start_desk: StartDesk, counting: Counting) -> Desk:
    """One replica with OUR_NUMBER subscribed, which has looked for something to count, and does not look again."""
    desk = await start_desk(report_poll_seconds=3600)
    await counting.until_alone()
    await desk.subscribe()
    return desk


async def _conversation(desk: Desk) -> str:
    ticket_id = await desk.new_ticket()
    await desk.reply(ticket_id)
    await desk.change("ResolveTicket", ticket_id)
    return ticket_id


async def test_what_happened_is_counted_once_however_often_it_is_looked_at(desk: Desk, counting: Counting) -> None:
    ticket_id = await _conversation(desk)
    (reply,) = await desk.settled_replies(ticket_id)
    await desk.record(reply.message_id, "FAILED", error_code=30003)
    await desk.text("STOP", customer_address=fresh_address())
    for _ in range(3):
        await counting.count()

    figures = await counting.figures()
    expected = {"texts_in": 2, "texts_out": 1, "tickets_created": 1, "tickets_resolved": 1, "opt_outs": 1}
    assert (figures.counts, figures.failures) == (expected, {30003: 1})
    assert (sum(figures.first_answers.values()), sum(figures.resolutions.values())) == (1, 1)
    by_agent = await counting.figures(Dimension.AGENT)
    assert (by_agent.counts, by_agent.failures) == ({"texts_out": 1, "tickets_resolved": 1}, {30003: 1})


async def test_what_comes_later_is_added(desk: Desk, counting: Counting) -> None:
    ticket_id = await _conversation(desk)
    await counting.count()
    ticket = await desk.ticket(ticket_id)
    await desk.text("again", customer_address=ticket.customer_address)
    await desk.reply(ticket_id)
    await counting.count()

    counts = (await counting.figures()).counts
    assert (counts["texts_in"], counts["texts_out"], counts["tickets_reopened"]) == (2, 2, 1)


async def test_tickets_of_before_there_were_anchors_are_counted_too(desk: Desk, counting: Counting) -> None:
    for _ in range(3):
        await _conversation(desk)
    await counting.count()
    # As a version before has left it: no report, and no anchor that names the tickets.
    for name in ("report_days", "report_tickets"):
        counting.database[name].delete_many({})
    counting.database["counters"].delete_many({"_id": {"$regex": "^reports"}})
    counting.database["audit_records"].delete_many({"action": "audit.anchored"})

    await counting.count()

    counts = (await counting.figures()).counts
    assert (counts["tickets_created"], counts["texts_in"], counts["texts_out"]) == (3, 3, 3)


async def test_a_replica_that_ends_in_the_middle_has_counted_nothing_or_all(
    desk: Desk, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _conversation(desk)
    await counting.anchor()
    days = type(counting.store.reports._db.report_days)

    async def ends(*_: Any, **__: Any) -> None:
        raise AutoReconnect("the process is gone")

    with monkeypatch.context() as patch:
        # Rows and place are written by then.
        patch.setattr(days, "bulk_write", _last_fails(days.bulk_write, ends))
        with suppress(KevaError, AutoReconnect):
            await counting.count()
    assert not (await counting.figures()).counts
    assert counting.database["report_tickets"].count_documents({}) == 0

    await counting.count()

    assert (await counting.figures()).counts["tickets_created"] == 1


def _last_fails(bulk_write: Any, fails: Any) -> Any:
    def write(collection: Any, *arguments: Any, **keywords: Any) -> Any:
        to = fails if collection.name == "report_days" else bulk_write
        return to(collection, *arguments, **keywords)

    return write


@pytest.mark.parametrize("seed", [1, 2])
async def test_replicas_that_come_and_go_while_texts_come_in_count_all_of_it_once(
    desk: Desk, counting: Counting, mongod: Mongod, database: str, seed: int
) -> None:
    chance = random.Random(seed)
    stores = [MongoStore(mongod.uri, database, AUDIT_KEYS) for _ in range(2)]

    async def texts() -> None:
        customers = [fresh_address() for _ in range(6)]
        for _ in range(30):
            await desk.text(customer_address=chance.choice(customers))
            if chance.random() < 0.3:
                await _conversation(desk)
            await counting.anchor()

    async def count_now_and_then(store: MongoStore) -> None:
        while True:
            step = asyncio.create_task(_count_without_lease(store))
            await asyncio.wait([step], timeout=chance.uniform(0.0, 0.2))
            step.cancel()
            with suppress(asyncio.CancelledError):
                await step

    replicas = [asyncio.create_task(count_now_and_then(store)) for store in stores]
    await texts()
    for replica in replicas:
        replica.cancel()
    await asyncio.gather(*replicas, return_exceptions=True)
    await counting.count()
    for store in stores:
        store.close()

    assert (await counting.figures()).counts == _stored(counting.database)


async def _count_without_lease(store: MongoStore) -> None:
    counting = _counting(store)
    while await store.reports.count_news(ORGANIZATION, counting._count):
        pass
    while await store.reports.count_older(counting._count):
        pass


def _stored(database: Any) -> Counter[str]:
    """The same figures by what is stored."""
    messages, tickets = database["messages"], database["tickets"]
    actions = database["audit_records"]
    return Counter(
        texts_in=messages.count_documents({"direction": "INBOUND"}),
        texts_out=messages.count_documents({"direction": "OUTBOUND"}),
        tickets_created=tickets.count_documents({}),
        tickets_resolved=actions.count_documents({"action": "ticket.resolved"}),
        **({"tickets_reopened": n} if (n := actions.count_documents({"action": "ticket.reopened"})) else {}),
    )


async def test_of_two_replicas_one_counts_until_it_is_gone(counting: Counting, mongod: Mongod, database: str) -> None:
    other = MongoStore(mongod.uri, database, AUDIT_KEYS)
    now = datetime.now(UTC)
    first, second = counting.store.reports, other.reports
    assert await first.claim_counting(now, now + timedelta(minutes=1))
    assert await first.claim_counting(now, now + timedelta(minutes=1))
    assert not await second.claim_counting(now, now + timedelta(minutes=1))

    assert await second.claim_counting(now + timedelta(minutes=2), now + timedelta(minutes=3))
    await first.release_counting()
    assert not await first.claim_counting(now + timedelta(minutes=2), now + timedelta(minutes=3))
    await second.release_counting()
    assert await first.claim_counting(now, now + timedelta(minutes=1))
    other.close()


async def test_a_replica_whose_clock_was_days_ahead_stops_nobody(
    counting: Counting, mongod: Mongod, database: str
) -> None:
    other = MongoStore(mongod.uri, database, AUDIT_KEYS)
    now, minute = datetime.now(UTC), timedelta(minutes=1)
    ahead = now + timedelta(days=3)
    assert await other.reports.claim_counting(ahead, ahead + minute)
    other.close()

    assert await counting.store.reports.claim_counting(now, now + minute)


async def test_forgetting_a_customer_changes_no_figure_and_leaves_nothing_of_theirs(
    desk: Desk, counting: Counting
) -> None:
    address = fresh_address()
    ticket_id = await desk.new_ticket(customer_address=address, text="my secret")
    await desk.reply(ticket_id, "an answer")
    await counting.count()
    before = await counting.figures()
    customer_id = (await desk.ticket(ticket_id)).customer_id
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(request, metadata=AGENT)
    await desk.until_recorded("ticket.erased", ticket_id)
    await counting.count()

    after = await counting.figures()
    assert after.counts == before.counts + Counter(tickets_closed=1)
    kept = str([*counting.database["report_tickets"].find(), *counting.database["report_days"].find()])
    assert not any(part in kept for part in (address, address[-7:], customer_id, "secret", "an answer"))


async def test_hand_offs_are_counted_by_reason(
    start_desk: StartDesk, ai_settings: dict[str, Any], counting: Counting, responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings, report_poll_seconds=3600)
    await counting.until_alone()
    await desk.subscribe(auto_assign=THE_AI)
    responder.answer = always(hand_off("PAYMENT_MATTER"))
    ticket_id = (await desk.text("my card was charged twice")).stored.ticket_id
    await desk.until_recorded("ai.handed_off", ticket_id)
    await counting.count()

    figures = await counting.figures()
    assert figures.hand_offs == {"PAYMENT_MATTER": 1}
    # Its notice went out, and answers nothing.
    assert (figures.counts["texts_out"], figures.first_answers) == (1, {})


async def test_thanks_that_are_counted_in_two_looks_leave_a_row_as_it_was_resolved(
    start_desk: StartDesk, ai_settings: dict[str, Any], counting: Counting, responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings, report_poll_seconds=3600)
    await counting.until_alone()
    await desk.subscribe(auto_assign=THE_AI)
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await desk.until_recorded("ai.answered", ticket_id)
    await desk.change("ResolveTicket", ticket_id)
    await counting.count()
    (resolved,) = await counting.rows()

    async def once_it_is_reopened(_: Any) -> Any:
        await counting.count()
        return no_reply("SMALL_TALK")

    responder.answer = once_it_is_reopened
    await desk.text("great, thanks!")
    await desk.until_recorded("ai.no_reply", ticket_id)
    between = await counting.rows()
    await counting.count()
    (thanked,) = await counting.rows()

    assert [(row.resolved, row.reopened) for row in between] == [(None, 1)]
    assert (thanked.resolved, thanked.reopened) == (resolved.resolved, 1)
    assert resolved.resolved is not None
    assert resolved.resolved.by.id == "dana"


@pytest.mark.parametrize(
    "harm", [{"$unset": {"begin_time": ""}}, {"$set": {"sequence": 0}}, {"$set": {"sequence": 99}}]
)
async def test_a_row_that_somebody_has_harmed_stops_nobody_elses(
    desk: Desk, counting: Counting, harm: dict[str, Any]
) -> None:
    first = await _conversation(desk)
    await counting.count()
    counting.database["report_tickets"].update_one({"_id": first}, harm)
    await desk.reply(first)
    await _conversation(desk)
    await counting.count()

    # One that is said to be counted from its start is counted twice.
    assert (await counting.figures()).counts["tickets_created"] == (3 if harm == {"$set": {"sequence": 0}} else 2)


@pytest.mark.parametrize("organization_id", [None, 7])
async def test_a_workspace_that_somebody_has_harmed_stops_nobody_elses_counting(
    desk: Desk, counting: Counting, organization_id: object
) -> None:
    await _conversation(desk)
    counting.database["workspaces"].insert_one({"_id": "harmed", "organization_id": organization_id})

    await counting.count()

    assert (await counting.figures()).counts["tickets_created"] == 1

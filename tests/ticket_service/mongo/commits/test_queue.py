"""Commits of many callers, and of several replicas: everything is written once, in order, whoever meets whom."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from servicekit.errors import OVERLOADED, Unavailable
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import ACCOUNT, ORGANIZATION, OUR_NUMBER, WORKSPACE, Desk
from tests.ticket_service.mongo.conftest import DANA, NOW
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.audit import AuditEntry, ChainScope
from ticket_service.domain.ingest_plan import RefusedText, StoredText
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.mongo.commits import queue
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.audit.verifying import AuditVerifying
from ticket_service.use_cases.ingest import Ingest

BUSY, CALM = 3, 20
Taken = TypeVar("Taken")


def _said(customer: int, number: int) -> InboundText:
    sid = f"SM{customer:04}{number:04}"
    return InboundText(ORGANIZATION, ACCOUNT, sid, f"+1555100{customer:04}", OUR_NUMBER, f"text {number}")


@dataclass
class Replica:
    """What one replica does to tickets."""

    store: MongoStore
    ingest: Ingest

    async def text(self, customer: int, number: int) -> Ticket:
        (stored,) = await _until_taken(lambda: self.ingest.ingest([_said(customer, number)]))
        assert isinstance(stored, StoredText)
        return await self.store.tickets.get_ticket(WORKSPACE, stored.ticket_id)

    async def tag(self, ticket: Ticket, tag: str) -> None:
        def decide(context: TicketContext) -> TicketWrite:
            tagged = replace(context.ticket, tags=(*context.ticket.tags, tag))
            return TicketWrite(tagged, (AuditEntry("ticket.updated", ticket.ticket_id, DANA, NOW),))

        await _until_taken(lambda: self.store.tickets.change_ticket(WORKSPACE, ticket.ticket_id, decide))


async def _until_taken(ask: Callable[[], Awaitable[Taken]]) -> Taken:
    """Asks again what was refused unbegun, since too much waited."""
    async with asyncio.timeout(90):
        while True:
            try:
                return await ask()
            except Unavailable as error:
                if error.reason != OVERLOADED:
                    raise
            await asyncio.sleep(0.05)


@pytest.fixture
async def replicas(desk: Desk, mongod: Mongod, database: str) -> AsyncIterator[list[Replica]]:
    """Two, beside the desk's own; OUR_NUMBER is subscribed."""
    await desk.subscribe("ANY_MESSAGE")
    stores = [MongoStore(mongod.uri, database, AUDIT_KEYS) for _ in range(2)]
    yield [Replica(store, Ingest(store.ingest, lambda: NOW, Patience())) for store in stores]
    for store in stores:
        store.close()


async def test_whoever_waits_for_a_commit_sets_the_pace(
    desk: Desk, mongod: Mongod, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_SLOW_SECONDS", 0)
    monkeypatch.setattr(queue, "_SLOW_FOR_SECONDS", 3600)
    await desk.subscribe("ANY_MESSAGE")
    by_text, by_change = (MongoStore(mongod.uri, database, AUDIT_KEYS) for _ in range(2))
    at_first = by_text.pace.is_slow()

    ticket = await Replica(by_text, Ingest(by_text.ingest, lambda: NOW, Patience())).text(1, 0)
    before = by_change.pace.is_slow()
    await Replica(by_change, Ingest(by_change.ingest, lambda: NOW, Patience())).tag(ticket, "vip")

    assert (at_first, before) == (False, False)
    assert by_text.pace.is_slow()
    assert by_change.pace.is_slow()
    by_text.close()
    by_change.close()


@pytest.mark.parametrize("apart_seconds", [-1, queue._APART_SECONDS])
async def test_replicas_that_write_to_the_same_threads_lose_nothing_and_double_nothing(
    replicas: list[Replica], monkeypatch: pytest.MonkeyPatch, apart_seconds: float
) -> None:
    monkeypatch.setattr(queue, "_APART_SECONDS", apart_seconds)
    tickets = [await replicas[0].text(customer, 0) for customer in range(BUSY)]

    async with asyncio.TaskGroup() as everybody:
        for number in range(1, 31):
            for customer in range(BUSY):
                everybody.create_task(replicas[number % 2].text(customer, number))
                everybody.create_task(replicas[number % 2].tag(tickets[customer], f"tag {number}"))
        for customer in range(BUSY, BUSY + CALM):
            everybody.create_task(replicas[customer % 2].text(customer, 1))

    for ticket in tickets:
        after = await replicas[0].store.tickets.get_ticket(WORKSPACE, ticket.ticket_id)
        messages = await replicas[0].store.messages.list_messages(WORKSPACE, ticket.ticket_id, None, 100)
        assert sorted(after.tags) == sorted(f"tag {number}" for number in range(1, 31))
        assert sorted(message.text for message in messages) == sorted(f"text {number}" for number in range(31))
        assert after.message_count == 31
        assert {message.position for message in messages} == set(range(1, 32))
    store = replicas[0].store
    verifying = AuditVerifying(store.audit, store.claims, store.anchors, lambda: NOW, 10)
    for ticket in tickets:
        scope = ChainScope(ORGANIZATION, WORKSPACE, ticket.ticket_id)
        assert not (await verifying.verify(scope, "", (), DANA)).breaks


class Fought:
    """A ticket that another replica writes to while this one decides about it for the first time. Later decisions wait
    until they may be made."""

    def __init__(self, replica: Replica, rival: Replica, ticket: Ticket) -> None:
        self._replica = replica
        self._rival = rival
        self._ticket = ticket
        self._loop = asyncio.get_running_loop()
        self._decided = 0
        self.may_decide = threading.Event()

    async def tag(self) -> None:
        await self._replica.store.tickets.change_ticket(WORKSPACE, self._ticket.ticket_id, self._decide)

    def _decide(self, context: TicketContext) -> TicketWrite:
        self._decided += 1
        if self._decided == 1:
            asyncio.run_coroutine_threadsafe(self._rival.tag(self._ticket, "rival"), self._loop).result(90)
        else:
            assert self.may_decide.wait(60)
        tagged = replace(context.ticket, tags=(*context.ticket.tags, "own"))
        return TicketWrite(tagged, (AuditEntry("ticket.updated", self._ticket.ticket_id, DANA, NOW),))


async def test_threads_that_others_fight_for_take_turns_and_hold_up_nobody(
    replicas: list[Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is never time for more than one of them.
    monkeypatch.setattr(queue, "_APART_SECONDS", -1)
    replica, rival = replicas
    tickets = [await replica.text(customer, 0) for customer in range(5)]
    first, *later = fought = [Fought(replica, rival, ticket) for ticket in tickets[:3]]
    first.may_decide.set()

    contested = asyncio.gather(*(one.tag() for one in fought))
    said = asyncio.create_task(replica.text(2, 1))
    calm = asyncio.gather(*(replica.tag(ticket, "calm") for ticket in tickets[3:]))
    await calm
    assert not contested.done()
    said_later = asyncio.create_task(replica.text(2, 2))
    for one in later:
        one.may_decide.set()
    await asyncio.gather(contested, said, said_later)

    after = [await replica.store.tickets.get_ticket(WORKSPACE, ticket.ticket_id) for ticket in tickets]
    assert [ticket.tags for ticket in after] == [*[("rival", "own")] * 3, *[("calm",)] * 2]
    messages = await replica.store.messages.list_messages(WORKSPACE, tickets[2].ticket_id, None, 100)
    assert [message.text for message in messages] == ["text 0", "text 1", "text 2"]


async def test_a_customer_who_texts_without_a_pause_keeps_nobody_from_changing_the_ticket(
    replicas: list[Replica],
) -> None:
    replica = replicas[0]
    ticket = await replica.text(0, 0)
    numbers = iter(range(1, 500))
    changed = asyncio.Event()

    async def texts_on() -> None:
        while not changed.is_set() and (number := next(numbers, 0)):
            await replica.ingest.ingest([_said(0, number)])

    async with asyncio.TaskGroup() as everybody:
        for _ in range(20):
            everybody.create_task(texts_on())
        for tag in ("one", "two", "three"):
            await replica.tag(ticket, tag)
        changed.set()

    said = next(numbers, 500)
    assert said < 250
    messages = await replica.store.messages.list_messages(WORKSPACE, ticket.ticket_id, None, 600)
    assert sorted(message.text for message in messages) == sorted(f"text {number}" for number in range(said))


async def test_a_decision_that_fails_fails_alone(replicas: list[Replica]) -> None:
    replica = replicas[0]
    tickets = [await replica.text(customer, 0) for customer in range(6)]

    def fails(_: TicketContext) -> TicketWrite:
        raise ZeroDivisionError

    # Together, in the commit after the first one.
    outcomes = await asyncio.gather(
        replica.tag(tickets[0], "first"),
        replica.tag(tickets[1], "fine"),
        replica.store.tickets.change_ticket(WORKSPACE, tickets[2].ticket_id, fails),
        replica.store.tickets.change_ticket(WORKSPACE, "tkt_none", fails),
        replica.tag(tickets[3], "fine"),
        replica.text(4, 1),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == [
        *("NoneType", "NoneType", "ZeroDivisionError", "NotFound", "NoneType", "Ticket")
    ]


async def _taken(call: Callable[[], Awaitable[Any]]) -> Any:
    """As a client calls: again, when it has waited too long for its turn behind something that takes long."""
    while True:
        with contextlib.suppress(Unavailable):
            return await call()


async def test_what_the_database_does_not_take_leaves_its_neighbours_alone(
    replicas: list[Replica], mongod: Mongod, database: str
) -> None:
    replica = replicas[0]
    tickets = [await replica.text(customer, 0) for customer in range(8)]
    # Longer than a document may be.
    huge = "x" * 17_000_000
    texts = [
        InboundText(ORGANIZATION, ACCOUNT, f"SM{number}", f"+1555100{number:04}", OUR_NUMBER, "again")
        for number in range(8)
    ]

    outcomes = await asyncio.gather(
        _taken(lambda: replica.tag(tickets[0], "first")),
        *(_taken(partial(replica.tag, ticket, huge if ticket is tickets[3] else "fine")) for ticket in tickets[1:5]),
        _taken(lambda: replica.ingest.ingest(texts[5:])),
        return_exceptions=True,
    )

    failed = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
    assert failed == [3]
    stored = outcomes[-1]
    assert isinstance(stored, list)
    assert not [outcome for outcome in stored if isinstance(outcome, RefusedText)]


async def test_two_changes_of_one_ticket_at_once_are_both_made_on_what_the_other_left(replicas: list[Replica]) -> None:
    replica = replicas[0]
    ticket = await replica.text(0, 0)

    await asyncio.gather(*(replica.tag(ticket, str(number)) for number in range(10)), replica.text(0, 1))

    after = await replica.store.tickets.get_ticket(WORKSPACE, ticket.ticket_id)
    assert after.tags == tuple(str(number) for number in range(10))
    assert after.message_count == 2


@pytest.mark.parametrize("together", [1, 3])
@pytest.mark.parametrize(
    ("collection", "damage"),
    [
        # As somebody who changes the database may leave it.
        pytest.param("customers", {"consents": "none"}, id="customer"),
        # As a newer version may write.
        pytest.param("tickets", {"priority": "WHENEVER"}, id="ticket"),
    ],
)
async def test_text_is_not_refused_because_something_stored_cannot_be_read(
    replicas: list[Replica], mongod: Mongod, database: str, collection: str, damage: dict[str, Any], together: int
) -> None:
    replica = replicas[0]
    ticket = await replica.text(0, 0)
    documents = Documents(mongod, database, collection)
    whole = documents.damage({"_id": ticket.customer_id if collection == "customers" else ticket.ticket_id}, damage)

    outcomes = await asyncio.gather(*(replica.ingest.ingest([_said(c, 1)]) for c in range(together)))

    assert [isinstance(outcome, StoredText) for (outcome,) in outcomes] == [False, *([True] * (together - 1))]
    assert isinstance(refused := outcomes[0][0], RefusedText)
    assert refused.reason == "INTERNAL"
    documents.repair(whole)
    assert (await replica.text(0, 1)).message_count == 2


@dataclass
class Documents:
    """A collection as somebody else writes it."""

    mongod: Mongod
    database: str
    name: str

    def damage(self, which: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        """The document as it was."""
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.mongod.uri) as client:
            before = client[self.database][self.name].find_one_and_update(which, {"$set": changes})
        assert before is not None
        return before

    def repair(self, whole: dict[str, Any]) -> None:
        """Puts it back."""
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.mongod.uri) as client:
            client[self.database][self.name].replace_one({"_id": whole["_id"]}, whole)

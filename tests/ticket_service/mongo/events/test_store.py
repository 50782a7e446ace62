"""All who follow a replica's events share one change stream; who falls behind catches up without the others."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from tests.in_memory import folder_in_memory
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.audit import AuditEntry, AuditRecord
from ticket_service.domain.events.event import PlaceUnknown
from ticket_service.mongo.audit_documents import record_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.events.ring import Ring
from ticket_service.mongo.events.store import MongoEvents
from ticket_service.mongo.store import MongoStore
from ticket_service.mongo.trail.memory import Trail

PATIENCE = 90


@pytest.fixture
async def events(store: MongoStore) -> AsyncIterator[MongoEvents]:
    """The store's, with its loop."""
    running = asyncio.create_task(store.events.run())
    yield store.events
    running.cancel()
    await asyncio.wait((running,))


async def _add(store: MongoStore, *numbers: int) -> None:
    for number in numbers:
        entry = AuditEntry("note.added", "msg_1", DANA, NOW)
        record = AuditRecord(f"aud_{number:05}", "acme", "wsp_1", "tkt_1", number, entry)
        await store._database.audit_records.insert_one(record_to_document(record))


async def _read(events: MongoEvents, place: str, count: int, limit: int = 100) -> tuple[list[int], str]:
    """At least so many sequences from behind a place, and the place behind them."""
    found: list[int] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            passage = await events.read(place, limit, PATIENCE)
            found += [one.record.sequence for one in passage.happened]
            place = passage.place
    return found, place


def _streams(mongod: Mongod, database: str) -> int:
    """How many change streams are open there, idle or not."""
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        of_records = {
            "ns": f"{database}.audit_records",
            "cursor.originatingCommand.pipeline.$changeStream": {"$exists": True},
        }
        operations = {"$currentOp": {"idleCursors": True, "allUsers": True, "localOps": True}}
        found = client.admin.aggregate([operations, {"$match": of_records}])
        return len({str(one["cursor"]["cursorId"]) for one in found})


async def test_many_who_follow_share_one_stream_that_ends_with_them(
    store: MongoStore, events: MongoEvents, mongod: Mongod, database: str
) -> None:
    async with AsyncExitStack() as following:
        for _ in range(10):
            await following.enter_async_context(events.following())
        begin = (await events.now()).place
        await _add(store, 1, 2, 3)
        read = await asyncio.gather(*(_read(events, begin, 3) for _ in range(10)))
        streams = _streams(mongod, database)

    assert [numbers for numbers, _ in read] == [[1, 2, 3]] * 10
    assert streams == 1
    async with asyncio.timeout(PATIENCE):
        while _streams(mongod, database):  # noqa: ASYNC110 - the database tells no event
            await asyncio.sleep(0.05)


async def test_a_slow_reader_catches_up_and_holds_up_nobody(store: MongoStore, events: MongoEvents) -> None:
    events._feed._ring = Ring(2)
    async with events.following():
        begin = (await events.now()).place
        quick: list[int] = []
        place = begin
        for number in range(1, 21):
            await _add(store, number)
            found, place = await _read(events, place, 1)
            quick += found
        assert events._feed.after(begin, 1) is None

        slow, place = await _read(events, begin, 20, limit=3)
        await _add(store, 21)
        last, _ = await _read(events, place, 1)

    assert quick == slow == list(range(1, 21))
    assert last == [21]


async def test_what_one_commit_writes_comes_in_its_order(
    store: MongoStore, events: MongoEvents, new_ticket: NewTicket
) -> None:
    async with events.following():
        begin = (await events.now()).place
        tickets = [await new_ticket() for _ in range(3)]
        async with asyncio.timeout(PATIENCE):
            passage = await events.read(begin, 1, PATIENCE)
            rest = await events.read(passage.place, 10, PATIENCE)

    assert [h.record.ticket_id for h in [*passage.happened, *rest.happened]] == [t.ticket_id for t in tickets][
        : 1 + len(rest.happened)
    ]


async def test_pages_are_read_without_anybody_who_follows(
    store: MongoStore, events: MongoEvents, mongod: Mongod, database: str
) -> None:
    begin = (await events.now()).place
    await _add(store, *range(1, 8))
    found, place = [], begin
    for _ in range(3):
        passage = await events.read(place, 3, 0)
        found.append(([h.record.sequence for h in passage.happened], passage.more))
        place = passage.place

    assert found == [([1, 2, 3], True), ([4, 5, 6], True), ([7], False)]
    assert _streams(mongod, database) == 0


@pytest.fixture
def folder() -> Any:
    with folder_in_memory() as folder:
        yield folder


async def test_a_place_that_the_oplog_has_lost_is_unknown(folder: Path) -> None:
    # What a crash would need is kept until a checkpoint, which comes once a minute unless that is said.
    mongod = await Mongod.start(folder, free_port(), more_arguments=["--oplogSize", "1", "--syncdelay", "1"])
    try:
        with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
            database = Database.of(client, "keva_tickets", AUDIT_KEYS, Trail(AUDIT_KEYS))
            events = MongoEvents(database, database)
            place = (await events.now()).place
            await _until_lost(events, client, place)
            events.close()
    finally:
        mongod.process.kill()
        await mongod.process.exited


async def _until_lost(events: MongoEvents, client: Any, place: str) -> None:
    """Writes until the oplog does not reach back to that place any more."""
    written = itertools.count()
    async with asyncio.timeout(PATIENCE):
        while True:
            for _ in range(4):
                filler = {"_id": 1, "filler": f"{next(written)} " * 2_000_000}
                await asyncio.to_thread(client.other.filler.replace_one, {"_id": 1}, filler, True)
            await asyncio.sleep(0.2)
            try:
                await events.read(place, 1, 0)
            except PlaceUnknown:
                return

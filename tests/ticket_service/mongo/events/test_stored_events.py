"""Stored records come in the order of their chains, though replicas' clocks differ and other services tell late what
happened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from ulid import ULID

from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import DANA, NOW
from ticket_service.domain.audit import AuditEntry, AuditRecord
from ticket_service.domain.events.event import EventFilter, Position
from ticket_service.mongo.audit_documents import record_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.events.stored_events import StoredEvents, position_at

WANTED = EventFilter("acme")
assert AUDIT_KEYS


@dataclass(frozen=True)
class Row:
    """A record of a ticket (or of none) at a place of its chain, whose id was made so many seconds after NOW."""

    ticket_id: str
    sequence: int
    seconds: float
    action: str = "note.added"


async def _store(database: Database, *rows: Row) -> None:
    for row in rows:
        record_id = f"aud_{ULID.from_datetime(NOW + timedelta(seconds=row.seconds))}"
        entry = AuditEntry(row.action, "msg_1", DANA, NOW)
        record = AuditRecord(record_id, "acme", "wsp_1", row.ticket_id, row.sequence, entry)
        await database.audit_records.insert_one(record_to_document(record))


async def _read(store: MongoStore, start: datetime, limit: int) -> list[str]:
    """All pages from that time on."""
    stored, position = StoredEvents(store.events), position_at(start, Position("now", NOW))
    found: list[AuditRecord] = []
    while position.stored:
        page, position = await stored.page(WANTED, position, limit)
        found += page
    assert (position.place, position.since) == ("now", "")
    return [f"{record.ticket_id}{record.sequence}" for record in found]


CASES = [
    pytest.param([Row("a", 1, 1), Row("b", 1, 2), Row("a", 2, 3)], ["a1", "b1", "a2"], id="clocks that agree"),
    pytest.param([Row("a", 1, 30), Row("b", 1, 2), Row("a", 2, 3)], ["a1", "b1", "a2"], id="the first one ahead"),
    pytest.param(
        [Row("a", 1, 1), Row("a", 2, 40), Row("a", 3, 2), Row("b", 1, 3)], ["a1", "a2", "a3", "b1"], id="between"
    ),
    pytest.param(
        [Row("a", 1, 60), Row("a", 2, 50), Row("a", 3, 40), Row("b", 1, 1), Row("a", 4, 2)],
        ["b1", "a1", "a2", "a3", "a4"],
        id="several ahead",
    ),
    pytest.param([Row("a", 4, -5), Row("a", 5, 1)], ["a5"], id="what was before stays out"),
    pytest.param([Row("", 7, -60), Row("", 8, -500, "credential.created"), Row("", 9, 1)], ["8", "9"], id="told late"),
    pytest.param(
        [Row("", 7, -60), *(Row("", n, -500, "credential.created") for n in range(8, 20)), Row("a", 1, 1)],
        ["a1", *map(str, range(8, 20))],
        id="told late, and nothing since",
    ),
]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize(("rows", "expected"), CASES)
async def test_each_record_comes_once_it_has_its_turn(
    store: MongoStore, rows: list[Row], expected: list[str], limit: int
) -> None:
    await _store(store._database, *rows)

    found = await _read(store, NOW, limit)

    # A record whose clock was ahead may come again at its own time; whoever knows it skips it.
    seen: dict[str, int] = {}
    first = []
    for name in found:
        ticket_id, sequence = name.rstrip("0123456789"), int(name.lstrip("abc"))
        if sequence > seen.get(ticket_id, 0):
            first.append(name)
            seen[ticket_id] = sequence
    assert sorted(first) == sorted(expected)
    assert limit < 100 or found == expected or sorted(found) == sorted(expected)


async def test_the_beginning_of_time_is_a_start(store: MongoStore) -> None:
    await _store(store._database, Row("a", 1, 1))

    assert await _read(store, datetime.fromtimestamp(0, UTC), 10) == ["a1"]

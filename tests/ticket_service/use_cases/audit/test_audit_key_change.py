"""Another audit key becomes active, in two rounds of restarts, while everything goes on; a version that knew less has
left its records. None of it is a false alarm, and what was sound before stays so."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.audit.chain import Head, Keys
from servicekit.clock import utc_now
from tests.ticket_service.audit_keys import AUDIT_KEYS, write_keys
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import WORKSPACE, Desk
from tests.ticket_service.trail import Trail, through, trail_of, verified_lines
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.mongo.store import MongoStore

_BOTH = {**AUDIT_KEYS.by_id, "test-2": b"n" * 32}
_OLD, _NEW = Keys(_BOTH, "test-1"), Keys(_BOTH, "test-2")


@pytest.fixture
def both_keys(tmp_path: Path) -> Path:
    """The folder of the old key and of the new one."""
    write_keys(tmp_path, _NEW)
    return tmp_path


@pytest.fixture
async def whole_trail(start_desk: StartDesk, both_keys: Path, mongod: Mongod, database: str) -> AsyncIterator[Trail]:
    """After the first round: the new key is there, the old one signs."""
    desk = await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-1")
    await desk.subscribe()
    await desk.new_ticket()
    async with trail_of(desk, mongod.uri, database, alone=True, keys=_OLD) as trail:
        yield trail


async def _assert_sound(*trails: Trail) -> None:
    for trail in trails:
        assert await trail.verify() == []
        assert await trail.verify(workspace_id=WORKSPACE) == []
        assert await trail.verify(ticket_id=trail.ticket_id) == []
        assert await trail.found_offline(_NEW) == []


async def test_two_replicas_change_the_key_one_after_the_other(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    other = await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-1")
    first = through(whole_trail, await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2"))

    # Those of the first round still run, and write.
    for desk in (first.desk, whole_trail.desk, other):
        await desk.note(whole_trail.ticket_id, "each")
        await desk.new_ticket()
        await desk.new_workspace()
    await _assert_sound(first, whole_trail, through(whole_trail, other))

    assert [record["key_id"] for record in whole_trail.records()[-3:]] == ["test-2"] * 3
    (change,) = await first.desk.records(action="audit.key_changed")
    assert dict(change.details) == {"key_id": "test-2", "instead_of": "test-1"}
    second = through(whole_trail, await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2"))
    await whole_trail.anchors.anchor()
    await _assert_sound(first, second)
    assert len(await first.desk.records(action="audit.key_changed")) == 1


async def test_key_changes_while_everybody_writes(whole_trail: Trail, start_desk: StartDesk, both_keys: Path) -> None:
    async def write(desk: Desk) -> None:
        for number in range(15):
            await asyncio.gather(
                desk.note(whole_trail.ticket_id, f"{number}"), desk.new_ticket(), desk.new_workspace(f"{number}")
            )

    writing = asyncio.create_task(write(whole_trail.desk))
    new = await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2")
    await asyncio.gather(writing, write(new))

    await _assert_sound(whole_trail, through(whole_trail, new))
    store_anchors = through(whole_trail, new)
    await store_anchors.anchors.anchor()
    await _assert_sound(whole_trail, store_anchors)


async def test_a_replica_that_starts_with_the_old_key_is_told_so(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path, mongod: Mongod, database: str
) -> None:
    await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2")
    store = MongoStore(mongod.uri, database, _OLD)

    with pytest.raises(SystemExit, match="test-2 has taken the place of test-1 in this database; make test-2"):
        await store.prepare(utc_now())
    store.close()


async def test_what_was_decided_before_the_change_may_arrive_after_it(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path, mongod: Mongod, database: str
) -> None:
    seen, before = Head.parse(whole_trail.own_end()["head"]), utc_now()
    assert seen is not None
    trail = through(whole_trail, await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2"))

    trail.add_record(_OLD, trail.ticket_id, before, seen)

    assert await trail.verify() == []
    store = MongoStore(mongod.uri, database, _NEW)
    await store.prepare(utc_now())
    await AuditAnchors(store.anchors, _NEW, utc_now, 1).anchor()
    store.close()
    await _assert_sound(trail)


@pytest.mark.parametrize("is_late", [True, False], ids=["too late", "knew better"])
async def test_what_only_calls_itself_late_is_found(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path, is_late: bool
) -> None:
    seen = Head.parse(whole_trail.own_end()["head"])
    trail = through(whole_trail, await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2"))
    newer = Head.parse(trail.own_end()["head"])
    assert seen is not None
    assert newer is not None
    assert newer.sequence > seen.sequence

    time = utc_now() + timedelta(minutes=2 * is_late)
    trail.add_record(_OLD, trail.ticket_id, time, seen if is_late else newer)

    assert await trail.verify() == [("RETIRED_KEY", trail.ticket_id, 11)]


async def _as_the_version_before_left_it(trail: Trail) -> None:
    """Records that say nothing of the organization's head, and anchors that cannot be found by their tickets."""
    tickets = [ticket["_id"] for ticket in trail.database.tickets.find({}, {"_id": 1})]
    trail.sign_again(_OLD, tickets, organization_head="")
    trail.database.audit_records.update_many({"organization_head": ""}, {"$unset": {"organization_head": ""}})
    await trail.anchors.anchor()
    trail.database.audit_records.update_many({}, {"$unset": {"anchored": ""}})


async def test_what_the_version_before_has_left_is_sound_and_stays_so(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    await _as_the_version_before_left_it(whole_trail)
    assert not whole_trail.database.audit_records.count_documents({"organization_head": {"$exists": True}})

    upgraded = through(whole_trail, await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-1"))
    await _assert_sound(upgraded)
    await upgraded.desk.note(whole_trail.ticket_id, "by the new version")
    await _assert_sound(upgraded)
    assert "organization_head" in whole_trail.records()[-1]
    await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2")
    await _assert_sound(upgraded)


async def test_an_export_of_the_version_before_is_verified(whole_trail: Trail) -> None:
    await _as_the_version_before_left_it(whole_trail)

    lines = [line for line in await whole_trail.exported() if not line.startswith('{"export"')]
    lines = [line.replace(',"marked":true', "").replace(',"marked":false', "") for line in lines]

    assert verified_lines(lines, Keys(_BOTH)) == []

"""What somebody with the database and no more than an old key, an old backup or patience does to the trail as a whole
is found, by a replica that has seen nothing of it, and in an export."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.audit.chain import Keys, head_of
from servicekit.clock import utc_now
from servicekit.ids import new_id
from tests.ticket_service.audit_keys import AUDIT_KEYS, write_keys
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import ORGANIZATION, WORKSPACE, Desk
from tests.ticket_service.trail import NOW, Trail, kind_of, through, trail_of
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.domain.audit import Actor, ActorKind, ChainScope
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.audit.verifying import AuditVerifying

_BOTH = {**AUDIT_KEYS.by_id, "test-2": b"n" * 32}
_NEW = Keys(_BOTH, "test-2")
# As whoever has the old key signs.
_OLD = Keys(_BOTH, "test-1")


@pytest.fixture
async def whole_trail(desk: Desk, mongod: Mongod, database: str) -> AsyncIterator[Trail]:
    """A ticket with ten records, and another one, in a database of their own."""
    await desk.subscribe()
    await desk.new_ticket()
    async with trail_of(desk, mongod.uri, database, alone=True) as trail:
        yield trail


@pytest.fixture
def both_keys(tmp_path: Path) -> Path:
    """The folder of the old key and of the new one."""
    write_keys(tmp_path, _NEW)
    return tmp_path


async def _fresh(trail: Trail, start_desk: StartDesk) -> Trail:
    """As a replica sees it that has just started, and remembers nothing."""
    return through(trail, await start_desk())


async def _rotated(trail: Trail, start_desk: StartDesk, both_keys: Path) -> Trail:
    """With the new key active, under which a ticket was written to that had been there before, and another one made."""
    desk = await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2")
    await desk.note(trail.ticket_id, "after the change")
    await desk.new_ticket()
    return through(trail, desk)


def _tickets(trail: Trail) -> list[str]:
    return [ticket["_id"] for ticket in trail.database.tickets.find({}, {"_id": 1})]


@pytest.mark.parametrize("anchored", [True, False])
async def test_an_old_key_and_the_database_do_not_make_another_history(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path, mongod: Mongod, database: str, anchored: bool
) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)
    if anchored:
        await _anchor_with(mongod, database, _NEW)
    assert await trail.verify() == []

    trail.sign_again(_OLD, ["", *_tickets(trail)], subject_id="denied")

    found = await trail.verify()
    assert ("RETIRED_KEY", "", _length(trail)) in found
    assert ("RETIRED_KEY", "", _length(trail)) in await trail.found_offline(_NEW)
    # Nothing that comes next is signed behind it as if it were good.
    for _ in range(2):
        assert {kind for kind, ticket_id, _ in await trail.found_offline(_NEW) if not ticket_id} > set()
        await trail.desk.new_workspace("next")
        assert {kind for kind, ticket_id, _ in await trail.verify() if not ticket_id} > set()


async def _anchor_with(mongod: Mongod, database: str, keys: Keys, later: timedelta = timedelta()) -> None:
    store = MongoStore(mongod.uri, database, keys)
    await store.prepare(utc_now())
    await AuditAnchors(store.anchors, keys, lambda: utc_now() + later, 1).anchor()
    store.close()


def _length(trail: Trail) -> int:
    return len(trail.records(""))


async def test_an_old_key_does_not_change_what_came_before_it_was_replaced(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)
    (untouched,) = [ticket["_id"] for ticket in trail.database.tickets.find({"audit_head": {"$regex": " test-1 "}})]

    trail.sign_again(_OLD, [untouched], subject_id="denied")

    assert await trail.verify() == [("NOT_AS_ANCHORED", untouched, 3)]
    assert await trail.found_offline(_NEW) == [("NOT_AS_ANCHORED", untouched, 3)]
    assert await trail.verify(ticket_id=untouched) == [("NOT_AS_ANCHORED", untouched, 3)]
    assert await trail.verify(workspace_id=WORKSPACE) == [("NOT_AS_ANCHORED", untouched, 3)]


async def test_an_old_key_does_not_change_what_came_after(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    """The note under the new key is not anchored yet; all before it is left as it was."""
    trail = await _rotated(whole_trail, start_desk, both_keys)

    trail.sign_again(_OLD, [trail.ticket_id], details={})

    for scope in ({}, {"ticket_id": trail.ticket_id}, {"workspace_id": WORKSPACE}):
        ((kind, ticket_id, _),) = await trail.verify(**scope)
        assert (kind, ticket_id) in {("NOT_AS_ANCHORED", trail.ticket_id), ("RETIRED_KEY", trail.ticket_id)}
    assert {ticket_id for _, ticket_id, _ in await trail.found_offline(_NEW)} == {trail.ticket_id}


async def test_an_old_key_adds_nothing_to_a_chain(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path, mongod: Mongod, database: str
) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)
    await _anchor_with(mongod, database, _NEW)
    (other,) = [ticket["_id"] for ticket in trail.database.tickets.find({"audit_head": {"$regex": " test-1 "}})]
    added = [("RETIRED_KEY", other, 4)]

    trail.add_record(_OLD, other, utc_now() + timedelta(minutes=2))

    assert await trail.verify() == added
    assert await trail.found_offline(_NEW) == added
    # The next anchor does not make it good, nor does what goes on behind it, some other day.
    await _anchor_with(mongod, database, _NEW)
    assert await trail.verify() == added
    trail.add_record(_NEW, other, utc_now() + timedelta(hours=1))
    await _anchor_with(mongod, database, _NEW, timedelta(hours=1))
    for scope in ({}, {"ticket_id": other}, {"workspace_id": WORKSPACE}):
        assert await trail.verify(**scope) == added
    assert await trail.found_offline(_NEW) == added


async def test_an_old_key_does_not_sign_behind_the_new_one(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)

    trail.add_record(_OLD, trail.ticket_id, utc_now())

    assert await trail.verify() == [("RETIRED_KEY", trail.ticket_id, 12)]
    trail.add_record(_NEW, trail.ticket_id, utc_now())
    assert await trail.verify() == [("RETIRED_KEY", trail.ticket_id, 12)]
    assert await trail.found_offline(_NEW) == [("RETIRED_KEY", trail.ticket_id, 12)]


async def test_an_old_key_makes_no_ticket(whole_trail: Trail, start_desk: StartDesk, both_keys: Path) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)
    made = {**trail.ticket(), "_id": "tkt_made", "number": 99, "holds_thread": False}
    copies = [
        {**record, "_id": new_id("aud"), "ticket_id": "tkt_made"}
        for record in trail.records()
        if record["sequence"] < 9
    ]

    trail.database.tickets.insert_one({**made, "audit_sequence": len(copies), "anchor_due": True})
    trail.database.audit_records.insert_many(copies)
    # Those of the minute in which the key was replaced could be late.
    trail.sign_again(_OLD, ["tkt_made"], time=utc_now() + timedelta(minutes=2))

    assert await trail.verify() == [("RETIRED_KEY", "tkt_made", 1)]
    assert await trail.found_offline(_NEW) == [("RETIRED_KEY", "tkt_made", 1)]


async def test_an_old_key_does_not_make_itself_the_active_one(
    whole_trail: Trail, start_desk: StartDesk, both_keys: Path
) -> None:
    trail = await _rotated(whole_trail, start_desk, both_keys)
    seal = _OLD.succession("test-1", ["test-2"], 1_700_000_000_000)
    since = NOW.fromtimestamp(1_700_000_000, NOW.tzinfo)
    forged = {"$set": {"retires": ["test-2"], "since": since, "seal": seal}}

    trail.database.counters.update_one({"_id": "audit_key:test-1"}, forged)
    trail.sign_again(_OLD, ["", *_tickets(trail)], subject_id="denied")
    await trail.desk.note(trail.ticket_id)

    assert ("RETIRED_KEY", "", _length(trail)) in await trail.verify()
    restarted = await start_desk(audit_keys_dir=both_keys, active_audit_key_id="test-2")
    assert await through(trail, restarted).verify()


async def test_own_chain_cut_back_is_missed_by_tickets_that_saw_more(whole_trail: Trail, start_desk: StartDesk) -> None:
    end = whole_trail.own_end()
    await whole_trail.desk.new_workspace("Denied")
    await whole_trail.desk.note(whole_trail.ticket_id, "which has seen it")

    whole_trail.cut_back(end)

    place = end["value"] + 1
    fresh = await _fresh(whole_trail, start_desk)
    assert await fresh.verify() == [("TRUNCATED", "", place)]
    assert await fresh.verify(ticket_id=whole_trail.ticket_id) == [("TRUNCATED", "", place)]
    assert await fresh.verify(workspace_id=WORKSPACE) == [("TRUNCATED", "", place)]
    assert await fresh.found_offline(AUDIT_KEYS) == [("TRUNCATED", "", place)]


async def test_own_chain_cut_back_and_gone_on_is_another_one(whole_trail: Trail, start_desk: StartDesk) -> None:
    end = whole_trail.own_end()
    await whole_trail.desk.new_workspace("Denied")
    await whole_trail.desk.note(whole_trail.ticket_id, "which has seen it")

    whole_trail.cut_back(end)
    fresh = await _fresh(whole_trail, start_desk)
    await fresh.desk.new_workspace("Instead")

    assert await fresh.verify() == [("NOT_AS_ANCHORED", "", end["value"] + 1)]


async def test_own_chain_cut_back_before_an_anchor_leaves_its_tickets_without_one(
    whole_trail: Trail, start_desk: StartDesk
) -> None:
    """Nobody has seen what is cut off but those whom it claimed."""
    end = whole_trail.own_end()
    await whole_trail.anchors.anchor()

    whole_trail.cut_back(end)

    fresh = await _fresh(whole_trail, start_desk)
    assert {(kind, place) for kind, _, place in await fresh.verify()} == {("UNANCHORED", 1)}
    assert {ticket_id for _, ticket_id, _ in await fresh.verify()} == {*_tickets(whole_trail)}
    assert {kind for kind, _, _ in await fresh.found_offline(AUDIT_KEYS)} == {"UNANCHORED"}


async def test_what_a_replica_has_seen_itself_is_missed_without_any_trace(whole_trail: Trail) -> None:
    end = whole_trail.own_end()
    await whole_trail.desk.new_workspace("Denied")
    await whole_trail.verify()

    whole_trail.cut_back(end)

    assert await whole_trail.verify() == [("TRUNCATED", "", end["value"] + 1)]


@pytest.mark.parametrize("goes_on", [True, False])
async def test_own_chain_that_is_gone_with_its_counter_is_missed(
    whole_trail: Trail, start_desk: StartDesk, goes_on: bool
) -> None:
    await whole_trail.anchors.anchor()
    await whole_trail.desk.note(whole_trail.ticket_id)

    whole_trail.remove_own_chain()
    fresh = await _fresh(whole_trail, start_desk)
    if goes_on:
        await fresh.desk.new_workspace("Instead")

    found = await fresh.verify()
    assert [kind for kind, ticket_id, _ in found if not ticket_id] == ["TRUNCATED" if goes_on else "DELETED"]
    # Looking does not make one.
    assert await fresh.verify() == found
    assert [kind for kind, ticket_id, _ in await fresh.found_offline(AUDIT_KEYS) if not ticket_id]


async def test_own_chain_that_a_replica_knows_does_not_begin_again(whole_trail: Trail) -> None:
    await whole_trail.verify()

    whole_trail.remove_own_chain()
    await whole_trail.desk.new_workspace("Instead")

    assert ("WRONG_HEAD", "", 0) in await whole_trail.verify()


async def test_a_ticket_that_is_gone_with_the_anchors_that_knew_it_is_missed_by_the_others(
    whole_trail: Trail, start_desk: StartDesk
) -> None:
    end = whole_trail.own_end()
    gone = await whole_trail.desk.new_ticket()
    await whole_trail.anchors.anchor()
    await whole_trail.desk.note(whole_trail.ticket_id)

    whole_trail.remove_ticket(gone)
    whole_trail.cut_back(end)

    found = await (await _fresh(whole_trail, start_desk)).verify()
    assert ("TRUNCATED", "", end["value"] + 1) in found


async def test_a_ticket_of_which_anchors_alone_are_left_is_said_to_be_deleted(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()

    whole_trail.remove_ticket(whole_trail.ticket_id)

    gone = [("DELETED", whole_trail.ticket_id, 1)]
    assert await whole_trail.verify(ticket_id=whole_trail.ticket_id) == gone
    assert await whole_trail.verify(ticket_id=whole_trail.ticket_id, workspace_id=WORKSPACE) == gone
    assert await whole_trail.verify() == gone


@pytest.mark.parametrize("scope", ["", "ticket_id", "workspace_id"])
async def test_a_ticket_that_is_gone_before_it_was_anchored_is_missed_by_the_replica_that_wrote_it(
    whole_trail: Trail, scope: str
) -> None:
    gone = await whole_trail.desk.new_ticket()

    whole_trail.remove_ticket(gone)

    named = {"ticket_id": gone, "workspace_id": WORKSPACE} if scope == "ticket_id" else {}
    named |= {"workspace_id": WORKSPACE} if scope else {}
    assert await whole_trail.verify(**named) == [("DELETED", gone, 1)]


async def test_newest_part_that_is_cut_off_before_it_was_anchored_is_missed_by_the_replica_that_wrote_it(
    whole_trail: Trail,
) -> None:
    backup = whole_trail.ticket()
    await whole_trail.desk.note(whole_trail.ticket_id, "to be denied")

    whole_trail.delete(11)
    whole_trail.database.tickets.replace_one({"_id": whole_trail.ticket_id}, backup)

    assert await whole_trail.verify() == [("TRUNCATED", whole_trail.ticket_id, 11)]


async def test_when_everything_is_gone_a_replica_that_has_seen_it_says_so(whole_trail: Trail) -> None:
    await whole_trail.desk.note(whole_trail.ticket_id)

    for name in ("tickets", "messages", "customers", "audit_records", "workspaces", "counters"):
        whole_trail.database[name].delete_many({})

    for _ in range(2):
        assert ("DELETED", "", 1) in await whole_trail.verify()
        assert ("DELETED", whole_trail.ticket_id, 1) in await whole_trail.verify()
    assert whole_trail.database.audit_records.count_documents({}) == 0


async def test_a_ticket_without_its_mark_must_be_anchored(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()
    await whole_trail.desk.note(whole_trail.ticket_id, "never to be anchored")

    whole_trail.database.tickets.update_one({"_id": whole_trail.ticket_id}, {"$unset": {"anchor_due": ""}})

    for scope in ({}, {"ticket_id": whole_trail.ticket_id}, {"workspace_id": WORKSPACE}):
        assert await whole_trail.verify(**scope) == [("UNANCHORED", whole_trail.ticket_id, 11)]
    assert await whole_trail.found_offline(AUDIT_KEYS) == [("UNANCHORED", whole_trail.ticket_id, 11)]


@pytest.mark.parametrize("mark", [False, 1, "true", None])
async def test_a_mark_that_is_none_does_not_excuse(whole_trail: Trail, mark: Any) -> None:
    whole_trail.database.tickets.update_one({"_id": whole_trail.ticket_id}, {"$set": {"anchor_due": mark}})

    assert await whole_trail.verify() == [("UNANCHORED", whole_trail.ticket_id, 1)]


async def test_tickets_that_nobody_anchors_for_long_are_found(
    whole_trail: Trail, mongod: Mongod, database: str
) -> None:
    """Somebody keeps the lease, say: the marks stay, and the records grow old."""
    now = [utc_now()]
    store = MongoStore(mongod.uri, database, AUDIT_KEYS)
    verifying = AuditVerifying(store.audit, store.claims, store.anchors, lambda: now[0], 10)

    async def found() -> set[tuple[str, int]]:
        part = await verifying.verify(ChainScope(ORGANIZATION), "", [], Actor(ActorKind.AGENT, "dana"))
        return {(b.kind.value, b.sequence) for b in part.breaks}

    assert await found() == set()
    now[0] += timedelta(minutes=2)
    assert await found() == set()
    now[0] += timedelta(minutes=3)
    assert await found() == {("UNANCHORED", 1)}
    await whole_trail.anchors.anchor()
    assert await found() == set()
    store.close()


async def test_an_anchor_that_is_hidden_is_found_all_the_same(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()

    harm: list[dict[str, Any]] = [
        {"$unset": {"anchored": ""}},
        {"$set": {"anchored": []}},
        {"$set": {"anchored": ["tkt_x"]}},
    ]
    for hidden in harm:
        whole_trail.database.audit_records.update_many({"action": "audit.anchored"}, hidden)
        assert await whole_trail.verify() == []


async def test_an_anchor_that_is_hidden_does_not_cover_up_a_cut(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()
    backup = whole_trail.ticket()
    await whole_trail.desk.note(whole_trail.ticket_id, "to be denied")
    await whole_trail.anchors.anchor()

    whole_trail.delete(11)
    whole_trail.database.tickets.replace_one({"_id": whole_trail.ticket_id}, backup)
    newest = {"action": "audit.anchored", "sequence": whole_trail.records("")[-1]["sequence"]}
    whole_trail.database.audit_records.update_one(newest, {"$set": {"anchored": []}})

    cut = [("TRUNCATED", whole_trail.ticket_id, 11)]
    assert await whole_trail.verify(ticket_id=whole_trail.ticket_id) == cut
    assert await whole_trail.verify(workspace_id=WORKSPACE) == cut
    assert await whole_trail.verify() == cut


async def test_an_anchor_that_somebody_made_up_vouches_for_nothing(whole_trail: Trail) -> None:
    backup = whole_trail.ticket()
    await whole_trail.desk.note(whole_trail.ticket_id, "to be denied")
    await whole_trail.anchors.anchor()
    (anchor,) = [record for record in whole_trail.records("") if record["action"] == "audit.anchored"]
    tenth = whole_trail.records()[9]
    whole_trail.delete(11)
    whole_trail.database.tickets.replace_one({"_id": whole_trail.ticket_id}, backup)

    details = {whole_trail.ticket_id: f"10 {tenth['mac']}"}
    forged = {**anchor, "_id": new_id("aud"), "sequence": anchor["sequence"] + 1, "details": details}
    whole_trail.database.audit_records.insert_one(forged)

    assert await whole_trail.verify(ticket_id=whole_trail.ticket_id) == [("TRUNCATED", whole_trail.ticket_id, 11)]


async def _harm_own_head(trail: Trail) -> None:
    end = trail.own_end()
    forged = f"{end['value']} {end['head'].split()[1]} test-1 {'0' * 64}"
    trail.database.counters.update_one({"_id": end["_id"]}, {"$set": {"head": forged}})


async def test_a_forged_end_of_the_own_chain_is_the_same_in_every_run(
    whole_trail: Trail, start_desk: StartDesk
) -> None:
    place = whole_trail.own_end()["value"]
    await _harm_own_head(whole_trail)

    for trail in (whole_trail, whole_trail, await _fresh(whole_trail, start_desk)):
        assert await trail.verify() == [("WRONG_HEAD", "", place)]
        await trail.exported()
    assert len(whole_trail.records("")) == place
    # What goes on behind it does not make it good, nor something else of it.
    await whole_trail.anchors.anchor()
    await whole_trail.desk.new_workspace("More")
    for _ in range(2):
        assert await whole_trail.verify() == [("WRONG_HEAD", "", place)]
        assert ("WRONG_HEAD", "", place) in await whole_trail.found_offline(AUDIT_KEYS)


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        pytest.param(lambda records, last: records.delete_one({"_id": last["_id"]}), "TRUNCATED", id="cut off"),
        pytest.param(
            lambda records, last: records.update_one({"_id": last["_id"]}, {"$set": {"mac": "0" * 64}}),
            "CHANGED",
            id="changed",
        ),
    ],
)
async def test_harm_to_the_newest_record_is_the_same_in_every_run(
    whole_trail: Trail, harm: Callable[[Any, dict[str, Any]], None], kind: str
) -> None:
    await whole_trail.desk.new_workspace("Sales")
    last = whole_trail.records("")[-1]

    harm(whole_trail.database.audit_records, last)

    for _ in range(3):
        assert await whole_trail.verify() == [(kind, "", last["sequence"])]
        await whole_trail.exported()


async def test_anchors_from_elsewhere_are_compared_for_a_ticket_too(whole_trail: Trail, start_desk: StartDesk) -> None:
    end = whole_trail.own_end()
    await whole_trail.desk.new_workspace("Denied")
    kept = (await whole_trail.verified())[1][-1].anchor
    whole_trail.cut_back(end)
    fresh = await _fresh(whole_trail, start_desk)

    for scope in ({"ticket_id": whole_trail.ticket_id}, {"workspace_id": WORKSPACE}):
        breaks, _ = await fresh.verified(anchors=[kept], **scope)
        assert [(kind_of(b), b.ticket_id, b.sequence) for b in breaks] == [("TRUNCATED", "", end["value"] + 1)]


async def test_verifying_while_all_is_written_gives_no_false_alarm(whole_trail: Trail) -> None:
    done = asyncio.Event()

    async def write() -> None:
        for number in range(12):
            await asyncio.gather(
                *(whole_trail.desk.note(ticket_id, f"{number}") for ticket_id in _tickets(whole_trail)[:3]),
                whole_trail.desk.new_ticket(),
                whole_trail.desk.new_workspace(f"w{number}"),
                whole_trail.anchors.anchor(),
            )
        done.set()

    writing = asyncio.create_task(write())
    while not done.is_set():
        assert await whole_trail.verify() == []
        assert await whole_trail.verify(workspace_id=WORKSPACE) == []
        assert await whole_trail.verify(ticket_id=whole_trail.ticket_id) == []
        assert await whole_trail.found_offline(AUDIT_KEYS) == []
    await writing


async def test_an_organization_that_cannot_be_anchored_holds_up_no_other_one(whole_trail: Trail) -> None:
    database, other, ticket_id = whole_trail.database, "an-organization", new_id("tkt")
    head = head_of(other, ticket_id, 1, "0" * 64, AUDIT_KEYS)
    database.workspaces.insert_many([{"organization_id": name, "_id": new_id("wsp")} for name in (other, 7)])
    database.tickets.insert_one(
        {"_id": ticket_id, "organization_id": other, "number": 1, "anchor_due": True, "audit_head": str(head)}
    )
    database.counters.insert_one({"_id": f"audit:{other}", "value": "none"})

    await whole_trail.anchors.anchor()

    assert database.tickets.count_documents({"organization_id": ORGANIZATION, "anchor_due": True}) == 0

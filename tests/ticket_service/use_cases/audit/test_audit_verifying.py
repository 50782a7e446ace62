"""Whatever somebody who can write to the database does to the audit trail is found, and the place is named. The tests
change a real database behind the service's back, without the key."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from bson import Code, Decimal128, Int64
from bson.datetime_ms import DatetimeMS

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import audit_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2
from servicekit.audit.chain import Anchor, Keys, Link
from servicekit.ids import new_id
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, WORKSPACE, Desk, error_of, fresh_address, inbound
from tests.ticket_service.trail import NOW, Trail, through, trail_of
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, in_order
from ticket_service.mongo.audit_chains import extend
from ticket_service.mongo.audit_documents import record_from_document, record_to_document

_NOT_THE_KEY = Keys({"test-1": b"x" * 32}, "test-1")


@pytest.fixture
async def whole_trail(desk: Desk, mongod: Mongod, database: str) -> AsyncIterator[Trail]:
    """A ticket with ten records, and another one, in a database of their own: all of it is verified."""
    await desk.subscribe()
    await desk.new_ticket()
    async with trail_of(desk, mongod.uri, database, alone=True) as trail:
        yield trail


@pytest.fixture
async def trail(shared_desk: Desk, shared_database: str, mongod: Mongod) -> AsyncIterator[Trail]:
    """A ticket with ten records, of which alone the chain is verified."""
    async with trail_of(shared_desk, mongod.uri, shared_database, alone=False) as trail:
        yield trail


async def test_trail_that_nobody_touched_is_intact(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()
    count = whole_trail.database.audit_records.count_documents({})

    breaks, parts = await whole_trail.verified()

    assert not breaks
    assert parts[-1].total_records == parts[-1].verified_records == count
    assert len(whole_trail.records()) == 10
    assert not await whole_trail.verify_export()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("_id", "aud_00000000000000000000000000"),
        ("workspace_id", "sales"),
        ("time", NOW),
        ("actor.kind", "service"),
        ("actor.kind", 7),
        ("actor.id", "eve"),
        ("actor", None),
        ("action", "ticket.closed"),
        ("subject_id", "tkt_1"),
        ("details", {"reason": "none"}),
        ("details", None),
        ("details.more", "x"),
        ("time", Int64(1_700_000_000_000)),
        ("mac", "0" * 64),
        ("mac", 7),
    ],
)
async def test_changed_field_is_found(trail: Trail, field: str, value: Any) -> None:
    document = trail.records()[4]
    before = document["_id"]
    name, _, inner = field.partition(".")
    document[name] = {**document[name], inner: value} if inner else value

    trail.database.audit_records.delete_one({"_id": before})
    trail.database.audit_records.insert_one(document)

    assert await trail.verify() == [("CHANGED", trail.ticket_id, 5)]
    assert [(b.kind.value, b.sequence) for b in await trail.verify_export()] == [("CHANGED", 5)]


async def test_the_same_time_of_another_type_is_found(trail: Trail) -> None:
    record = trail.records()[4]

    trail.change(5, time=Int64(int(record["time"].replace(tzinfo=UTC).timestamp() * 1000)))

    assert await trail.verify() == [("CHANGED", trail.ticket_id, 5)]


async def test_a_number_that_is_as_long_as_it_likes_is_no_change(trail: Trail) -> None:
    for record in trail.records():
        longer = {"$set": {"sequence": Int64(record["sequence"])}}
        trail.database.audit_records.update_one({"_id": record["_id"]}, longer)

    assert await trail.verify() == []


@pytest.mark.parametrize("key_id", [["test-1"], {"test-1": 1}, 7, "unknown"])
async def test_a_key_id_that_is_none_is_found(trail: Trail, key_id: Any) -> None:
    trail.change(5, key_id=key_id)

    ((kind, _, place),) = await trail.verify()
    assert (kind, place) == ("WRONG_KEY", 5)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ticket_id", None),
        ("ticket_id", 5),
        ("ticket_id", []),
        ("ticket_id", ["tkt_1"]),
        ("sequence", None),
        ("sequence", "zz"),
        ("sequence", True),
        ("sequence", 5.5),
        ("sequence", 0),
        ("sequence", -1),
        ("sequence", [99]),
    ],
)
async def test_a_record_that_has_no_place_is_found_and_not_shown(whole_trail: Trail, field: str, value: Any) -> None:
    shown = await whole_trail.desk.records()
    forged = {
        **whole_trail.records()[2],
        "_id": "aud_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "subject_id": "cus_never",
        field: value,
    }
    whole_trail.database.audit_records.insert_one(forged)

    assert ("INSERTED", 0) in [(kind, place) for kind, _, place in await whole_trail.verify()]
    found, _ = await whole_trail.verified()
    assert [b.audit_record_id for b in found] == [forged["_id"]]
    assert [r for r in await whole_trail.desk.records() if r.action != "audit.verified"] == shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", DatetimeMS(2**62)),
        ("time", DatetimeMS(-(2**62))),
        ("time", None),
        ("subject_id", 7),
        ("subject_id", ["msg_1"]),
        ("action", None),
        ("mac", b"raw"),
        ("workspace_id", {"$gt": ""}),
        ("details", {"a": 7}),
        ("details", ["a"]),
        ("actor", {"kind": "agent", "id": 7}),
        ("actor", {"kind": ["agent"], "id": "dana"}),
    ],
)
async def test_a_record_that_cannot_be_read_is_found_and_hides_no_other(trail: Trail, field: str, value: Any) -> None:
    trail.change(5, **{field: value})

    assert [(ticket_id, place) for _, ticket_id, place in await trail.verify()] == [(trail.ticket_id, 5)]
    assert [b.sequence for b in await trail.verify_export()] == [5]
    shown = await trail.desk.records(ticket_id=trail.ticket_id)
    assert {record.sequence for record in shown} >= {1, 2, 3, 4, 6, 7, 8, 9, 10}


@pytest.mark.parametrize("field", ["subject_id", "action", "key_id", "mac", "workspace_id"])
async def test_code_is_no_text_though_it_reads_alike(trail: Trail, field: str) -> None:
    text = trail.records()[4][field]

    trail.change(5, **{field: Code(text)})

    assert [(ticket_id, place) for _, ticket_id, place in await trail.verify()] == [(trail.ticket_id, 5)]
    assert [b.sequence for b in await trail.verify_export()] == [5]


@pytest.mark.parametrize("which", ["a ticket's record", "an anchor"])
@pytest.mark.parametrize(
    "change",
    [
        lambda record: {"sequence": [record["sequence"], 99]},
        lambda record: {"ticket_id": [record["ticket_id"], "tkt_1"]},
        lambda record: {"sequence": Decimal128(str(record["sequence"]))},
        lambda record: {"sequence": float(record["sequence"])},
        lambda _: {"sequence": float("nan")},
        lambda _: {"time": DatetimeMS(2**62)},
    ],
    ids=["places", "tickets", "another number", "a float", "no number", "another time"],
)
async def test_what_is_compared_with_anchors_may_be_anything(
    whole_trail: Trail, start_desk: StartDesk, which: str, change: Callable[[Any], dict[str, Any]]
) -> None:
    await whole_trail.anchors.anchor()
    fresh = through(whole_trail, await start_desk())
    last = whole_trail.records("" if which == "an anchor" else None)[-1]
    assert (last["action"] == "audit.anchored") == (which == "an anchor")

    whole_trail.database.audit_records.update_one({"_id": last["_id"]}, {"$set": change(last)})

    assert await fresh.verify() != []
    for scope in ({"workspace_id": WORKSPACE}, {"ticket_id": whole_trail.ticket_id}):
        await fresh.verify(**scope)
    assert await fresh.verify_export() != []


async def test_a_head_of_five_thousand_digits_stops_nothing(trail: Trail) -> None:
    trail.database.tickets.update_one({"_id": trail.ticket_id}, {"$set": {"audit_head": f"{'9' * 5000} a b c"}})

    await trail.desk.note(trail.ticket_id)

    assert [ticket_id for _, ticket_id, _ in await trail.verify()] == [trail.ticket_id]


async def test_names_the_record(trail: Trail) -> None:
    trail.change(5, subject_id="tkt_1")

    (found,), _ = await trail.verified(ticket_id=trail.ticket_id)

    assert found.audit_record_id == trail.records()[4]["_id"]


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [("key_id", "another", "WRONG_KEY"), ("mac", "", "UNSIGNED"), ("mac", None, "UNSIGNED")],
)
async def test_record_without_its_signature_is_found(trail: Trail, field: str, value: Any, kind: str) -> None:
    trail.change(5, **{field: value})

    assert await trail.verify() == [(kind, trail.ticket_id, 5)]


@pytest.mark.parametrize("sequences", [(1,), (5,), (5, 6), (9,)])
async def test_deleted_record_is_found(trail: Trail, sequences: tuple[int, ...]) -> None:
    trail.delete(*sequences)

    assert await trail.verify() == [("MISSING", trail.ticket_id, sequences[0])]


async def test_deleted_record_whose_gap_was_closed_is_found(trail: Trail) -> None:
    documents = trail.records()
    left = documents[:4] + documents[5:]

    trail.replace([{**document, "sequence": place} for place, document in enumerate(left, 1)])

    assert await trail.verify() == [("MISSING", trail.ticket_id, 5)]


async def test_inserted_record_is_found(trail: Trail) -> None:
    documents = trail.records()
    documents.insert(4, {**documents[4], "_id": new_id("aud"), "action": "ticket.closed"})

    trail.replace([{**document, "sequence": place} for place, document in enumerate(documents, 1)])

    assert await trail.verify() == [("INSERTED", trail.ticket_id, 5)]


async def test_record_that_was_put_behind_the_last_one_is_found(trail: Trail) -> None:
    last = trail.records()[-1]

    trail.database.audit_records.insert_one({**last, "_id": new_id("aud"), "sequence": 11})

    assert await trail.verify() == [("INSERTED", trail.ticket_id, 11)]


@pytest.mark.parametrize("places", [(5, 6), (3, 8), (1, 10)])
async def test_reordered_records_are_found(trail: Trail, places: tuple[int, int]) -> None:
    documents = trail.records()
    first, second = (place - 1 for place in places)
    documents[first], documents[second] = documents[second], documents[first]

    trail.replace([{**document, "sequence": place} for place, document in enumerate(documents, 1)])

    assert await trail.verify() == [("REORDERED", trail.ticket_id, places[0])]


async def test_tail_that_was_cut_off_is_found(trail: Trail) -> None:
    trail.delete(9, 10)

    assert await trail.verify() == [("TRUNCATED", trail.ticket_id, 9)]


async def test_tail_that_was_cut_off_is_found_though_the_tickets_head_was_set_back_as_far_as_that_goes(
    trail: Trail,
) -> None:
    eighth = trail.records()[7]
    head = f"8 {eighth['mac']} test-1 {trail.ticket()['audit_head'].split()[3]}"
    trail.delete(9, 10)

    trail.database.tickets.update_one({"_id": trail.ticket_id}, {"$set": {"audit_sequence": 8, "audit_head": head}})

    assert await trail.verify() == [("WRONG_HEAD", trail.ticket_id, 8)]


async def test_tail_that_was_cut_off_together_with_a_head_from_a_backup_is_found_by_the_anchors(
    whole_trail: Trail,
) -> None:
    backup = whole_trail.ticket()
    await whole_trail.desk.note(whole_trail.ticket_id, "to be denied")
    await whole_trail.anchors.anchor()

    whole_trail.delete(11)
    whole_trail.database.tickets.replace_one({"_id": whole_trail.ticket_id}, backup)

    assert await whole_trail.verify() == [("TRUNCATED", whole_trail.ticket_id, 11)]
    assert [(b.kind.value, b.sequence) for b in await whole_trail.verify_export()] == [("TRUNCATED", 11)]


async def test_what_was_written_anew_behind_a_cut_does_not_hide_it(whole_trail: Trail) -> None:
    backup = whole_trail.ticket()
    await whole_trail.desk.note(whole_trail.ticket_id, "to be denied")
    await whole_trail.anchors.anchor()
    whole_trail.delete(11)
    whole_trail.database.tickets.replace_one({"_id": whole_trail.ticket_id}, backup)

    await whole_trail.desk.note(whole_trail.ticket_id, "as if nothing had happened")

    assert await whole_trail.verify() == [("NOT_AS_ANCHORED", whole_trail.ticket_id, 11)]


async def test_what_was_written_anew_behind_a_forged_head_does_not_hide_the_cut(trail: Trail) -> None:
    ninth = trail.records()[8]
    trail.delete(10)
    forged = {"audit_sequence": 9, "audit_head": f"9 {ninth['mac']} test-1 {'0' * 64}"}
    trail.database.tickets.update_one({"_id": trail.ticket_id}, {"$set": forged})

    await trail.desk.note(trail.ticket_id, "as if nothing had happened")

    assert await trail.verify() == [("WRONG_HEAD", trail.ticket_id, 9)]


async def test_deleted_ticket_is_found(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()

    whole_trail.database.audit_records.delete_many({"ticket_id": whole_trail.ticket_id})
    whole_trail.database.tickets.delete_one({"_id": whole_trail.ticket_id})

    assert await whole_trail.verify() == [("DELETED", whole_trail.ticket_id, 1)]
    assert [(b.kind.value, b.ticket_id) for b in await whole_trail.verify_export()] == [
        ("DELETED", whole_trail.ticket_id)
    ]


async def test_ticket_without_its_records_is_found(whole_trail: Trail) -> None:
    whole_trail.database.audit_records.delete_many({"ticket_id": whole_trail.ticket_id})

    assert await whole_trail.verify() == [("TRUNCATED", whole_trail.ticket_id, 1)]


async def test_records_without_their_ticket_are_found(whole_trail: Trail) -> None:
    whole_trail.database.tickets.delete_one({"_id": whole_trail.ticket_id})

    assert await whole_trail.verify() == [("WRONG_HEAD", whole_trail.ticket_id, 10)]


async def test_chain_that_was_made_anew_without_the_key_is_found(trail: Trail) -> None:
    records = [record_from_document(document) for document in trail.records()]
    rebuilt, head = extend(_NOT_THE_KEY, "", records)

    trail.replace([record_to_document(record) for record in rebuilt])
    trail.database.tickets.update_one({"_id": trail.ticket_id}, {"$set": {"audit_head": head}})

    assert await trail.verify() == [("WRONG_KEY", trail.ticket_id, 1)]


async def test_record_moved_to_another_ticket_is_found(whole_trail: Trail) -> None:
    other = await whole_trail.desk.new_ticket()

    end = len(whole_trail.records(other)) + 1
    tenth = {"ticket_id": whole_trail.ticket_id, "sequence": 10}
    whole_trail.database.audit_records.update_one(tenth, {"$set": {"ticket_id": other, "sequence": end}})

    assert sorted(await whole_trail.verify()) == sorted(
        [("TRUNCATED", whole_trail.ticket_id, 10), ("INSERTED", other, end)]
    )


async def test_record_moved_to_another_organization_is_found_in_both(whole_trail: Trail) -> None:
    whole_trail.change(5, organization_id="another")

    assert await whole_trail.verify() == [("MISSING", whole_trail.ticket_id, 5)]
    assert await whole_trail.verify(organization_id="another") == [("MISSING", whole_trail.ticket_id, 1)]


async def test_chain_moved_to_another_ticket_is_found(trail: Trail) -> None:
    other = await trail.desk.new_ticket()
    head = trail.ticket()["audit_head"]

    trail.database.audit_records.delete_many({"ticket_id": other})
    trail.database.audit_records.update_many({"ticket_id": trail.ticket_id}, {"$set": {"ticket_id": other}})
    trail.database.tickets.update_one({"_id": other}, {"$set": {"audit_head": head, "audit_sequence": 10}})

    assert await trail.verify(ticket_id=other) == [("WRONG_KEY", other, 1)]


async def _own_chain(trail: Trail) -> list[dict[str, Any]]:
    for name in ("Sales", "Returns", "Press"):
        await trail.desk.new_workspace(name)
    return trail.records("")


@pytest.mark.parametrize(
    ("harm", "kind", "place"),
    [
        (
            lambda records, mine: records.update_one({**mine, "sequence": 2}, {"$set": {"subject_id": "x"}}),
            "CHANGED",
            2,
        ),
        (lambda records, mine: records.delete_one({**mine, "sequence": 2}), "MISSING", 2),
        (lambda records, mine: records.delete_many({**mine, "sequence": {"$gt": 2}}), "TRUNCATED", 3),
    ],
    ids=["changed", "deleted", "cut off"],
)
async def test_harm_to_the_organizations_own_chain_is_found(
    whole_trail: Trail, harm: Callable[[Any, dict[str, Any]], None], kind: str, place: int
) -> None:
    assert len(await _own_chain(whole_trail)) > 3

    harm(whole_trail.database.audit_records, {"organization_id": ORGANIZATION, "ticket_id": ""})

    assert await whole_trail.verify() == [(kind, "", place)]


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda counters, mine: counters.delete_one(mine), id="gone"),
        pytest.param(lambda counters, mine: counters.update_one(mine, {"$inc": {"value": -2}}), id="set back"),
        pytest.param(lambda counters, mine: counters.update_one(mine, {"$set": {"value": "x"}}), id="not a number"),
    ],
)
async def test_harm_that_keeps_records_from_being_added_is_found_and_exported(
    whole_trail: Trail, harm: Callable[[Any, dict[str, Any]], None]
) -> None:
    """Verifying adds a record itself, and must not fail for that."""
    known = await _own_chain(whole_trail)

    harm(whole_trail.database.counters, {"_id": f"audit:{ORGANIZATION}"})

    for _ in range(2):
        assert await whole_trail.verify() == [("WRONG_HEAD", "", len(known))]
    assert len([line for line in await whole_trail.exported() if '"record"' in line]) > len(known)
    assert whole_trail.records("") == known


async def test_organization_that_has_no_trail_gets_none_by_being_looked_at(whole_trail: Trail) -> None:
    assert await whole_trail.verify(organization_id="no-such-one") == []
    await whole_trail.exported(organization_id="no-such-one")

    assert whole_trail.database.audit_records.distinct("organization_id") == [ORGANIZATION]
    assert whole_trail.database.counters.find_one({"_id": "audit:no-such-one"}) is None


async def _kept_anchor(trail: Trail) -> pb.AuditAnchor:
    return (await trail.verified())[1][-1].anchor


async def test_own_chain_cut_off_together_with_its_head_is_found_by_an_anchor_kept_elsewhere(
    whole_trail: Trail, start_desk: StartDesk
) -> None:
    await _own_chain(whole_trail)
    place = {"_id": f"audit:{ORGANIZATION}"}
    backup = whole_trail.database.counters.find_one(place)
    await whole_trail.desk.new_workspace("Denied")
    anchor = await _kept_anchor(whole_trail)

    whole_trail.database.audit_records.delete_many({"ticket_id": "", "sequence": {"$gte": anchor.sequence}})
    whole_trail.database.counters.replace_one(place, backup)

    for _ in range(2):
        assert await whole_trail.verify(anchors=[anchor]) == [("TRUNCATED", "", anchor.sequence)]
    # Without it, no replica knows but one that has seen more.
    assert await through(whole_trail, await start_desk()).verify() == []
    await whole_trail.desk.new_workspace("Instead")
    assert await whole_trail.verify(anchors=[anchor]) == [("NOT_AS_ANCHORED", "", anchor.sequence)]


async def test_anchor_that_holds_is_no_break_and_a_forged_one_is(whole_trail: Trail) -> None:
    await _own_chain(whole_trail)
    anchor = await _kept_anchor(whole_trail)
    await whole_trail.desk.new_workspace("More")

    assert await whole_trail.verify(anchors=[anchor]) == []
    anchor.mac = "0" * 64
    assert await whole_trail.verify(anchors=[anchor]) == [("FORGED_ANCHOR", "", anchor.sequence)]


async def test_anchors_commit_to_tickets_that_have_changed_since_and_to_no_others(whole_trail: Trail) -> None:
    await whole_trail.anchors.anchor()
    await whole_trail.desk.note(whole_trail.ticket_id)
    await whole_trail.anchors.anchor()
    await whole_trail.anchors.anchor()

    first, second = await whole_trail.desk.records(action="audit.anchored")

    assert len(first.details) == 2
    assert dict(second.details) == {whole_trail.ticket_id: f"11 {whole_trail.records()[-1]['mac']}"}


async def test_a_replica_anchors_by_itself_and_puts_the_head_where_the_database_is_not(
    start_desk: StartDesk, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    desk = await start_desk(audit_anchor_seconds=0.05, audit_anchors_file=file)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    await desk.until_recorded("audit.anchored", "")
    anchors = await _lines_about(file, len(await desk.records()) - len(await desk.records(ticket_id=ticket_id)))

    assert all(anchor.is_genuine(AUDIT_KEYS) and anchor.organization_id == ORGANIZATION for anchor in anchors)


async def _lines_about(file: Path, sequence: int) -> list[Anchor]:
    """The file's anchors, once one is at that place or behind."""
    async with asyncio.timeout(90):
        while True:
            lines = file.read_text().splitlines() if file.exists() else []
            anchors = [anchor for line in lines if (anchor := Anchor.from_line(line))]
            if anchors and anchors[-1].sequence >= sequence:
                return anchors
            await asyncio.sleep(0.02)


async def test_a_workspaces_chains_are_verified_alone(whole_trail: Trail) -> None:
    sales = await whole_trail.desk.new_workspace("Sales")
    whole_trail.change(5, action="x")

    assert await whole_trail.verify(workspace_id=WORKSPACE) == [("CHANGED", whole_trail.ticket_id, 5)]
    assert await whole_trail.verify(workspace_id=sales) == []


@pytest.mark.parametrize("state", ["GONE", 7, None, ["OPEN", "CLOSED"]])
async def test_a_ticket_of_no_state_is_verified_with_its_workspace(whole_trail: Trail, state: Any) -> None:
    whole_trail.change(5, subject_id="tkt_1")
    whole_trail.database.tickets.update_one({"_id": whole_trail.ticket_id}, {"$set": {"state": state}})

    assert await whole_trail.verify(workspace_id=WORKSPACE) == [("CHANGED", whole_trail.ticket_id, 5)]


async def test_another_organizations_ticket_cannot_be_verified(trail: Trail) -> None:
    request = pb.VerifyAuditTrailRequest(organization_id="another", ticket_id=trail.ticket_id)

    assert (await error_of(trail.desk.audit.VerifyAuditTrail(request))).reason == "TICKET_NOT_FOUND"


async def test_export_holds_what_was_signed_and_needs_the_key(trail: Trail) -> None:
    lines = [json.loads(line) for line in await trail.exported(ticket_id=trail.ticket_id)]

    links = [Link(**line["record"]) for line in lines[:-1]]
    assert [link.sequence for link in links] == list(range(1, 11))
    assert lines[-1]["head"]["head"] == trail.ticket()["audit_head"]
    assert {b.kind.value for b in await trail.verify_export(_NOT_THE_KEY)} == {"WRONG_KEY"}


async def _lengthen(trail: Trail, records: int) -> None:
    """Gives the ticket's chain so many records, as the service would sign them."""
    actor = Actor(ActorKind.AGENT, "dana")
    entries = [AuditEntry("note.added", f"msg_{number}", actor, NOW) for number in range(records)]
    signed, head = extend(AUDIT_KEYS, "", in_order(entries, ORGANIZATION, WORKSPACE, trail.ticket_id, 0, new_id))
    trail.replace([record_to_document(record) for record in signed])
    change = {"$set": {"audit_sequence": records, "audit_head": head}}
    trail.database.tickets.update_one({"_id": trail.ticket_id}, change)


async def test_long_chain_is_verified_in_parts(trail: Trail) -> None:
    await _lengthen(trail, 2500)

    breaks, parts = await trail.verified()

    assert not breaks
    assert [(part.verified_records, part.total_records) for part in parts] == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert len(await trail.exported()) == 2501


@pytest.mark.parametrize("place", [1000, 1001, 2001])
async def test_break_at_the_edge_of_a_part_is_found(trail: Trail, place: int) -> None:
    await _lengthen(trail, 2500)

    trail.delete(place)

    assert await trail.verify() == [("MISSING", trail.ticket_id, place)]


async def test_chain_that_ends_with_a_part_is_intact_or_cut_off(trail: Trail) -> None:
    await _lengthen(trail, 1001)
    trail.delete(1001)

    assert await trail.verify() == [("TRUNCATED", trail.ticket_id, 1001)]
    await _lengthen(trail, 1000)
    assert await trail.verify() == []


async def test_workspace_with_more_tickets_than_a_part_holds(whole_trail: Trail) -> None:
    for _ in range(3):
        texts = [inbound(customer_address=fresh_address()) for _ in range(80)]
        last = (await whole_trail.desk.texts(*texts))[-1].stored.ticket_id

    assert await whole_trail.verify(workspace_id=WORKSPACE) == []
    whole_trail.database.audit_records.delete_one({"ticket_id": last, "sequence": 2})
    assert await whole_trail.verify(workspace_id=WORKSPACE) == [("MISSING", last, 2)]


async def test_trail_of_a_customer_who_was_forgotten_is_intact(start_desk: StartDesk, whole_trail: Trail) -> None:
    desk = await start_desk(erasure_poll_seconds=0.02)
    named = {"workspace_id": WORKSPACE, "customer_id": (await desk.ticket(whole_trail.ticket_id)).customer_id}

    await desk.tickets.ForgetCustomer(ticket_service_pb2.ForgetCustomerRequest(**named), metadata=AGENT)
    async with asyncio.timeout(90):
        while not (await desk.customer(named["customer_id"])).HasField("erase_time"):  # noqa: ASYNC110 - erased by another process
            await asyncio.sleep(0.02)

    assert await whole_trail.verify() == []
    assert await whole_trail.verify_export() == []


@pytest.mark.parametrize("replicas", [1, 2])
async def test_chains_stay_intact_when_all_happens_at_once(
    start_desk: StartDesk, replicas: int, whole_trail: Trail
) -> None:
    desks = [whole_trail.desk, *[await start_desk() for _ in range(replicas - 1)]]

    calls: list[Any] = []
    for number in range(12):
        desk = desks[number % replicas]
        calls += [desk.note(whole_trail.ticket_id, f"{number}"), desk.new_ticket(), desk.new_workspace(f"w{number}")]
        calls += [whole_trail.anchors.anchor()]
    await asyncio.gather(*calls)

    assert await whole_trail.verify() == []

"""Texts are stored all or nothing, once per MessageSid, under any concurrency and any number of replicas."""

import asyncio
import uuid

import pymongo
import pytest
from bson.errors import InvalidBSON, InvalidDocument
from google.protobuf.timestamp_pb2 import Timestamp
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import audit_service_pb2, error_reason_pb2, message_pb2
from servicekit.limits import INBOUND_TEXT_BYTES
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import ACCOUNT, CUSTOMER, ORGANIZATION, Desk, details, error_of, inbound
from ticket_service.mongo.commits.rejections import is_rejection


async def _texts_at_once(desks: list[Desk], count: int) -> list[str]:
    stored = await asyncio.gather(*(desks[i % len(desks)].text(f"text {i}") for i in range(count)))
    return [outcome.stored.ticket_id for outcome in stored]


@pytest.mark.parametrize("replicas", [1, 2])
async def test_50_first_texts_at_once_make_one_ticket(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()

    ticket_ids = await _texts_at_once(desks, 50)

    assert len(set(ticket_ids)) == 1
    tickets = await desks[0].all_tickets()
    assert [(t.ticket_id, t.message_count) for t in tickets] == [(ticket_ids[0], 50)]
    messages = await desks[0].messages(ticket_ids[0])
    assert {m.text for m in messages} == {f"text {i}" for i in range(50)}
    assert len(messages) == 50


@pytest.mark.parametrize("replicas", [1, 2])
async def test_20_copies_of_one_text_at_once_make_one_message(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    sid = "SM" + uuid.uuid4().hex

    outcomes = await asyncio.gather(*(desks[i % replicas].text("hello", twilio_message_sid=sid) for i in range(20)))

    assert len({o.stored.message_id for o in outcomes}) == 1
    assert [o.stored.duplicate for o in outcomes].count(False) == 1
    assert len(await desks[0].messages(outcomes[0].stored.ticket_id)) == 1


async def test_texts_of_one_call_keep_their_order(desk: Desk) -> None:
    await desk.subscribe()

    outcomes = await desk.texts(*(inbound(f"part {i}") for i in range(30)))

    messages = await desk.messages(outcomes[0].stored.ticket_id)
    assert [m.text for m in messages] == [f"part {i}" for i in range(30)]


async def test_duplicates_within_one_call_count_as_duplicates(desk: Desk) -> None:
    await desk.subscribe()
    text = inbound("hello")

    outcomes = await desk.texts(text, text, inbound("again"))

    assert [o.stored.duplicate for o in outcomes] == [False, True, False]


async def test_text_that_the_database_rejects_is_refused_alone(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database].command("collMod", "messages", validator={"text": {"$ne": "poison"}})

    texts = [inbound("poison" if i == 7 else f"text {i}", customer_address=f"+1555000{i:04}") for i in range(20)]
    outcomes = await desk.texts(*texts)

    refused = [i for i, o in enumerate(outcomes) if o.HasField("refused")]
    assert refused == [7]
    assert outcomes[7].refused.reason == error_reason_pb2.ERROR_REASON_MESSAGE_REJECTED
    assert len(await desk.all_tickets()) == 19


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"twilio_message_sid": ""}, "FIELD_REQUIRED", id="no MessageSid"),
        pytest.param({"customer_address": ""}, "FIELD_REQUIRED", id="no sender"),
        pytest.param({"account_sid": ""}, "FIELD_REQUIRED", id="no account"),
        pytest.param({"text": "é" * (INBOUND_TEXT_BYTES // 2 + 1)}, "FIELD_INVALID", id="too long in bytes"),
        pytest.param({"customer_address": "+1" * 200}, "FIELD_INVALID", id="endless sender"),
        pytest.param({"channel_address": "+15559999999"}, "CHANNEL_NOT_FOUND", id="number not subscribed"),
        pytest.param({"account_sid": "AC" + "b" * 32}, "CHANNEL_NOT_FOUND", id="number of another account"),
    ],
)
async def test_refused_text_never_fails_its_neighbours(desk: Desk, fields: dict[str, str], reason: str) -> None:
    await desk.subscribe()

    before, bad, after = await desk.texts(inbound("before"), inbound(**{"text": "bad", **fields}), inbound("after"))

    assert before.HasField("stored")
    assert after.HasField("stored")
    assert error_reason_pb2.ErrorReason.Name(bad.refused.reason) == f"ERROR_REASON_{reason}"
    assert [m.text for m in await desk.messages(after.stored.ticket_id)] == ["before", "after"]


async def test_text_of_another_organization_is_refused_and_changes_nothing(desk: Desk) -> None:
    await desk.subscribe()

    (outcome,) = await desk.texts(inbound(), organization_id="another")

    assert outcome.refused.reason == error_reason_pb2.ERROR_REASON_CHANNEL_NOT_FOUND
    assert not await desk.all_tickets()


async def test_unsubscribed_number_is_in_the_audit_trail_of_the_account_owner(desk: Desk) -> None:
    await desk.text(channel_address="+15559998888")

    request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, action="message.refused")
    (record,) = (await desk.audit.ListAuditRecords(request)).audit_records
    assert dict(record.details) == {"reason": "CHANNEL_NOT_FOUND", "number": "…8888"}
    assert record.actor.id == ACCOUNT


async def test_a_text_that_is_refused_again_and_again_is_recorded_once(start_desk: StartDesk) -> None:
    desk, other = await start_desk(), await start_desk()
    await desk.subscribe(phone_number="+15550002000")
    to_nobody = inbound(channel_address="+15559998888", twilio_message_sid="SM1")
    to_another = inbound(channel_address="+15550002000", twilio_message_sid="SM2")

    for _ in range(3):
        outcomes = await desk.texts(to_nobody, to_nobody)
        outcomes += await other.texts(to_nobody)
        outcomes += await desk.texts(to_another, organization_id="another")
        assert {o.refused.reason for o in outcomes} == {error_reason_pb2.ERROR_REASON_CHANNEL_NOT_FOUND}
    await asyncio.gather(
        *(
            replica.texts(inbound(channel_address="+15559997777", twilio_message_sid="SM3"))
            for replica in (desk, other)
            for _ in range(5)
        )
    )

    request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, action="message.refused")
    records = (await desk.audit.ListAuditRecords(request)).audit_records
    assert sorted(record.subject_id for record in records) == ["SM1", "SM3"]
    of_another = audit_service_pb2.ListAuditRecordsRequest(organization_id="another", action="message.refused")
    assert len((await desk.audit.ListAuditRecords(of_another)).audit_records) == 1


async def test_a_text_that_came_by_the_fallback_says_what_failed_before(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("by the second way", fallback_error_code=11200)).stored.ticket_id
    await desk.text("by the first")

    received = [record for record in await desk.records(ticket_id=ticket_id) if record.action == "message.received"]

    assert [details(record).get("fallback_error_code") for record in received] == ["11200", None]


async def test_everything_about_a_text_is_in_the_audit_trail_of_its_ticket(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("a secret of mine")).stored.ticket_id
    await desk.text("and more")

    request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, ticket_id=ticket_id)
    records = (await desk.audit.ListAuditRecords(request)).audit_records

    assert [r.action for r in reversed(records)] == [
        "customer.created", "ticket.created", "message.received", "message.received",
    ]  # fmt: skip
    assert [r.sequence for r in reversed(records)] == [1, 2, 3, 4]
    assert "secret" not in str(records)
    assert CUSTOMER not in str(records)


async def test_media_and_location_are_kept(desk: Desk) -> None:
    await desk.subscribe()
    media = [message_pb2.MediaItem(url="https://api.twilio.com/x", content_type="image/jpeg")]

    stored = (await desk.text("", media=media, city="SEATTLE", state="WA", country="US", zip="98101")).stored

    (message,) = await desk.messages(stored.ticket_id)
    assert (message.text, [(m.url, m.content_type) for m in message.media]) == ("", [(media[0].url, "image/jpeg")])
    ticket = await desk.ticket(stored.ticket_id)
    assert ticket.subject == "(no text)"
    assert (await desk.customer(ticket.customer_id)).display_name == "SMS from Seattle, WA"


async def test_too_many_texts_in_one_call_are_refused_whole(desk: Desk) -> None:
    assert (await error_of(desk.texts(*(inbound() for _ in range(101))))).reason == "FIELD_INVALID"


async def test_ticket_numbers_rise_within_the_workspace(desk: Desk) -> None:
    await desk.subscribe()

    outcomes = await desk.texts(*(inbound(customer_address=f"+1555000{i:04}") for i in range(5)))

    assert [(await desk.ticket(o.stored.ticket_id)).number for o in outcomes] == [1, 2, 3, 4, 5]


async def test_text_is_stored_although_a_failover_gave_its_ticket_number_out_twice(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    await desk.texts(*(inbound(customer_address=f"+1555000{i:04}") for i in range(3)))
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database]["counters"].update_one({"_id": "tickets:default"}, {"$set": {"value": 1}})

    outcomes = await desk.texts(*(inbound(customer_address=f"+1555001{i:04}") for i in range(2)))

    assert [outcome.stored.ticket_created for outcome in outcomes] == [True, True]
    numbers = [ticket.number for ticket in await desk.all_tickets()]
    assert len(set(numbers)) == len(numbers) == 5


async def test_time_that_is_none_costs_no_text(desk: Desk) -> None:
    await desk.subscribe()

    outcomes = await desk.texts(
        inbound("bad time", sent_time=Timestamp(seconds=2**60)),
        inbound("good", sent_time=Timestamp(seconds=1_700_000_000)),
    )

    assert all(outcome.HasField("stored") for outcome in outcomes)
    texts = [message.text for message in await desk.messages(outcomes[0].stored.ticket_id)]
    assert texts == ["good", "bad time"]


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        pytest.param(OperationFailure("too large", 10334), True, id="too large"),
        pytest.param(OperationFailure("does not validate", 121), True, id="not valid"),
        pytest.param(BulkWriteError({"writeErrors": [{"code": 121}]}), True, id="one of many not valid"),
        pytest.param(InvalidDocument("not BSON"), True, id="not BSON"),
        pytest.param(InvalidBSON("year 10000"), False, id="an answer that cannot be read"),
        pytest.param(OperationFailure("writes are blocked", 371), False, id="writes blocked for a while"),
        pytest.param(OperationFailure("no right", 13), False, id="a right is missing"),
        pytest.param(BulkWriteError({"writeErrors": [{"code": 371}]}), False, id="blocked within many"),
        pytest.param(PyMongoError("who knows"), False, id="anything else"),
    ],
)
def test_text_is_refused_for_what_is_wrong_with_it_alone(error: Exception, for_good: bool) -> None:
    assert is_rejection(error) is for_good

"""A reply is sent once per message_id, whatever Twilio and the network do, and every failure has its reason."""

import asyncio
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.twilio.errors import explain
from tests.sms_service.conftest import Sms, until_sent

PICTURES = ("https://keva.example/a.jpg", "https://keva.example/b.jpg?size=1&x=%20")


@pytest.fixture
def message_id() -> str:
    """A fresh one."""
    return f"msg_{uuid.uuid4().hex}"


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def test_accepted_reply(sms: Sms, message_id: str) -> None:
    await sms.connect()

    update = await sms.send(message_id, "x" * 161)

    assert update.state == message_pb2.DELIVERY_STATE_ACCEPTED
    assert update.twilio_message_sid.startswith("SM")
    assert update.segments == 2
    assert await sms.sent(1) == ["x" * 161]


@pytest.mark.parametrize("text", ["", "have a look"])
async def test_reply_with_media(sms: Sms, message_id: str, text: str) -> None:
    await sms.connect()

    update = await sms.send(message_id, text, media_urls=PICTURES)

    assert update.twilio_message_sid.startswith("MM")
    (sent,) = await sms.simulator.wait_for_messages(1, account_sid=sms.account_sid)
    assert (sent.body, sent.media_urls) == (text, PICTURES)


async def test_reply_without_text_and_media_is_refused(sms: Sms, message_id: str) -> None:
    error = await _error(sms.send(message_id, ""))

    assert (error.reason, error.metadata["field"]) == ("FIELD_REQUIRED", "text")


async def test_reply_with_media_whose_answer_was_lost_is_found_in_twilios_log(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "drop_after", times=1)
    await _error(sms.send(message_id, "", media_urls=PICTURES))

    await until_sent(sms, message_id, text="", media_urls=PICTURES)

    assert len(await sms.sent(1)) == 1


async def test_other_media_without_a_text_are_not_taken_for_these(sms: Sms, message_id: str) -> None:
    """Twilio took the one with a single picture: the one with two must not be taken for it."""
    await sms.connect()
    single, both = f"{message_id}-1", f"{message_id}-2"
    await sms.simulator.fault("create_message", "500_before", times=1)
    await _error(sms.send(both, "", media_urls=PICTURES))
    await sms.simulator.fault("create_message", "drop_after", times=1)
    await _error(sms.send(single, "", media_urls=PICTURES[:1]))

    await until_sent(sms, both, text="", media_urls=PICTURES)
    await until_sent(sms, single, text="", media_urls=PICTURES[:1])

    sent = await sms.simulator.wait_for_messages(2, account_sid=sms.account_sid)
    assert sorted(message.num_media for message in sent) == [1, 2]


async def test_same_message_id_ten_times_at_once_is_one_sms(sms: Sms, message_id: str) -> None:
    await sms.connect()

    results = await asyncio.gather(*(sms.send(message_id) for _ in range(10)), return_exceptions=True)

    sids = {result.twilio_message_sid for result in results if not isinstance(result, BaseException)}
    reasons = {as_keva_error(error).reason for error in results if isinstance(error, grpc.aio.AioRpcError)}
    assert len(sids) == 1
    assert reasons <= {"SEND_IN_PROGRESS"}
    assert (await sms.send(message_id)).twilio_message_sid in sids
    assert len(await sms.sent(1)) == 1


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "latency"])
async def test_reply_whose_answer_was_lost_is_found_in_twilios_log(sms: Sms, message_id: str, fault: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", fault, milliseconds=3000, times=1)

    assert (await _error(sms.send(message_id))).reason == "SEND_OUTCOME_UNKNOWN"
    assert (await _error(sms.send(message_id))).reason == "SEND_IN_PROGRESS"
    update = await until_sent(sms, message_id)

    assert update.twilio_message_sid
    assert len(await sms.sent(1)) == 1


async def test_reply_that_twilio_never_took_is_sent_after_all(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "500_before", times=1)

    assert (await _error(sms.send(message_id))).reason == "SEND_OUTCOME_UNKNOWN"
    await until_sent(sms, message_id)

    assert len(await sms.sent(1)) == 1


async def test_equal_reply_sent_before_is_not_taken_for_this_one(sms: Sms, message_id: str) -> None:
    await sms.connect()
    earlier = await sms.send(f"{message_id}-earlier")
    await sms.simulator.fault("create_message", "500_before", times=1)
    await _error(sms.send(message_id))

    update = await until_sent(sms, message_id)

    assert update.twilio_message_sid != earlier.twilio_message_sid
    assert len(await sms.sent(2)) == 2


async def _presumed(sms: Sms, message_id: str) -> str:
    """A reply that Twilio never got, taken for what another program has sent; the MessageSid of that."""
    await sms.connect()
    await sms.simulator.fault("create_message", "500_before", times=1)
    assert (await _error(sms.send(message_id))).reason == "SEND_OUTCOME_UNKNOWN"
    other = await sms.simulator.sent(sms.account_sid, sms.number, sms.customer, "hi", utc_now().isoformat())
    update = await until_sent(sms, message_id)
    assert (update.twilio_message_sid, update.presumed) == (other, True)
    return other


async def _report(sms: Sms, message_id: str, sid: str, status: str) -> message_pb2.DeliveryUpdate:
    callback = sms.webhook(f"/api/webhooks/twilio/status?message_id={message_id}", MessageSid=sid, MessageStatus=status)
    (verdict,) = await sms.callbacks(callback)
    return verdict.verified.update


async def test_a_reply_that_its_words_alone_are_known_by_is_presumed_until_twilio_reports_it(
    sms: Sms, message_id: str
) -> None:
    sid = await _presumed(sms, message_id)

    certain = await _report(sms, message_id, sid, "delivered")

    assert (certain.twilio_message_sid, certain.presumed) == (sid, False)
    assert (await sms.send(message_id)).presumed is False


async def test_a_report_of_another_message_ends_what_was_presumed(sms: Sms, message_id: str) -> None:
    await _presumed(sms, message_id)
    own = "SM" + secrets.token_hex(16)

    certain = await _report(sms, message_id, own, "sent")

    assert (certain.twilio_message_sid, certain.presumed) == (own, False)
    assert certain.state == message_pb2.DELIVERY_STATE_SENT
    late = await _report(sms, message_id, "SM" + secrets.token_hex(16), "delivered")
    assert late == message_pb2.DeliveryUpdate()


async def test_equal_replies_in_doubt_are_each_sent_once(sms: Sms, message_id: str) -> None:
    """Twilio took one of the two: neither is told apart by its text, and both customers' texts must arrive."""
    await sms.connect()
    message_ids = [f"{message_id}-{i}" for i in range(2)]
    await sms.simulator.fault("create_message", "500_before", times=1)
    await sms.simulator.fault("create_message", "drop_after", times=1)
    for message in message_ids:
        assert (await _error(sms.send(message))).reason == "SEND_OUTCOME_UNKNOWN"

    updates = await asyncio.gather(*(until_sent(sms, message) for message in message_ids))

    assert len({update.twilio_message_sid for update in updates}) == 2
    assert len(await sms.sent(2)) == 2


async def test_failure_that_is_found_in_twilios_log_is_explained(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.outcome(sms.customer, "failed", 30005)
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.fault("create_message", "drop_after", times=1)
    await _error(sms.send(message_id))
    (sent,) = await sms.simulator.wait_for_messages(1, account_sid=sms.account_sid)
    await sms.simulator.wait_for_message(sent.sid, statuses=["failed"])

    update = await until_sent(sms, message_id)

    assert (update.state, update.error_code) == (message_pb2.DELIVERY_STATE_FAILED, 30005)
    assert update.error_text == explain(30005).sentence


async def test_doubt_outlives_a_refusal_of_the_next_attempt(sms: Sms, message_id: str) -> None:
    """The lost first attempt may still turn up at Twilio: its log is asked before every later one."""
    await sms.connect()
    await sms.simulator.fault("create_message", "latency_before", milliseconds=4000, times=1)
    await _error(sms.send(message_id))
    await sms.simulator.fault("create_message", "429", times=1)
    reasons = []
    while "TWILIO_RATE_LIMITED" not in reasons:
        reasons.append((await _error(sms.send(message_id))).reason)
        await asyncio.sleep(0.05)
    assert len(await sms.sent(1)) == 1

    await until_sent(sms, message_id)

    assert len(await sms.sent(1)) == 1


async def test_another_organization_learns_nothing_by_a_message_id(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.send(message_id)
    other = Sms(sms.stub, sms.credentials, sms.simulator)
    await sms.simulator.put_account(other.account_sid, other.auth_token)
    await sms.simulator.put_number(other.account_sid, other.number)
    await other.connect(organization_id="another")

    error = await _error(other.send(message_id, organization_id="another"))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "message_id")
    assert not await sms.simulator.messages(account_sid=other.account_sid)


async def test_caller_that_hangs_up_does_not_lose_the_record(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "latency", milliseconds=300, times=1)
    call = asyncio.create_task(sms.send(message_id))
    await sms.sent(1)
    call.cancel()

    update = await until_sent(sms, message_id)

    assert update.twilio_message_sid
    assert len(await sms.sent(1)) == 1


async def test_callback_tells_of_a_send_whose_answer_was_lost(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "drop_after", times=1)
    await _error(sms.send(message_id))
    path = f"/api/webhooks/twilio/status?message_id={message_id}"
    await sms.callbacks(sms.webhook(path, MessageSid="SM" + "1" * 32, MessageStatus="delivered"))

    update = await sms.send(message_id)

    assert (update.twilio_message_sid, update.state) == ("SM" + "1" * 32, message_pb2.DELIVERY_STATE_DELIVERED)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        pytest.param("+15005550001", 21211, id="invalid number"),
        pytest.param("+15005550004", 21610, id="opted out"),
        pytest.param("+15005550009", 21614, id="landline"),
    ],
)
async def test_permanent_refusal_is_an_answer_and_stays(sms: Sms, message_id: str, to: str, code: int) -> None:
    await sms.connect()

    first, again = [await sms.send(message_id, to_address=to) for _ in range(2)]

    assert first == again
    assert (first.state, first.error_code) == (message_pb2.DELIVERY_STATE_FAILED, code)
    assert first.error_text.endswith(".")
    assert (first.opted_out, first.temporary) == (code == 21610, False)


async def test_trouble_with_our_number_is_not_the_customers(sms: Sms, message_id: str) -> None:
    await sms.connect()

    error = await _error(sms.send(message_id, from_address="+15559999999"))

    assert error.reason == "SENDER_REFUSED"
    assert error.metadata["error_text"]
    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED


async def test_rate_limit_and_unreachable_twilio_leave_it_to_be_sent_at_once(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "429", times=1)
    assert (await _error(sms.send(message_id))).reason == "TWILIO_RATE_LIMITED"

    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED
    assert len(await sms.sent(1)) == 1


async def test_account_that_is_not_connected_or_of_another_organization(sms: Sms, message_id: str) -> None:
    assert (await _error(sms.send(message_id))).reason == "TWILIO_ACCOUNT_NOT_FOUND"
    await sms.connect(organization_id="another")
    assert (await _error(sms.send(message_id))).reason == "TWILIO_ACCOUNT_NOT_FOUND"


async def test_old_token_works_until_the_new_one_is_promoted_and_the_new_one_after(sms: Sms, message_id: str) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    assert (await _error(sms.send(message_id))).reason == "TWILIO_CREDENTIALS_REFUSED"
    await sms.connect(auth_token=new)
    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED


@pytest.mark.parametrize("field", ["message_id", "account_sid", "from_address", "to_address", "text"])
async def test_missing_field_is_named(sms: Sms, field: str) -> None:
    error = await _error(sms.send(**{"message_id": "msg_1", field: ""}))

    assert (error.reason, error.metadata["field"]) == ("FIELD_REQUIRED", field)


@pytest.mark.parametrize("sms", [{"send_settle_seconds": 5.0}], indirect=True)
async def test_every_attempt_has_its_own_time_to_settle(sms: Sms, message_id: str) -> None:
    """The first attempt is lost for good; the second is taken, and listed late."""
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.fault("create_message", "500_before", times=1)
    await sms.simulator.fault("create_message", "drop_after", times=1)
    await sms.simulator.fault("list_messages", "lag", milliseconds=3500)

    await until_sent(sms, message_id)

    assert len(await sms.sent(1)) == 1


@pytest.fixture
def profile(mongod: Mongod, database: str) -> Iterator[Any]:
    """What the database is asked, as it notes it itself."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database].command("profile", 2)
        yield client[database]["system.profile"]
        client[database].command("profile", 0)
        client[database].drop_collection("system.profile")


async def test_what_stops_the_number_is_read_once_for_a_reply(
    sms: Sms, message_id: str, database: str, profile: Any
) -> None:
    await sms.connect()

    await sms.send(message_id)

    assert profile.count_documents({"op": "query", "ns": f"{database}.stopped_senders"}) == 1


async def _moved(sms: Sms) -> str:
    """The Account SID of another connected account, in which Twilio has the number now."""
    other = Sms(sms.stub, sms.credentials, sms.simulator, number=sms.number)
    await sms.simulator.put_account(other.account_sid, other.auth_token)
    await sms.simulator.put_number(other.account_sid, other.number)
    await other.connect()
    return other.account_sid


async def test_reply_in_doubt_when_its_number_moved_is_looked_for_in_the_old_account(sms: Sms, message_id: str) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "drop_after", times=1)
    assert (await _error(sms.send(message_id))).reason == "SEND_OUTCOME_UNKNOWN"

    update = await until_sent(sms, message_id, account_sid=await _moved(sms))

    (sent,) = await sms.simulator.messages(from_=sms.number)
    assert (sent.account_sid, sent.sid) == (sms.account_sid, update.twilio_message_sid)


@pytest.mark.parametrize("fault", ["429", "drop_before"])
async def test_reply_that_did_not_leave_before_its_number_moved_leaves_from_the_new_account(
    sms: Sms, message_id: str, fault: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", fault, times=1)
    await _error(sms.send(message_id))

    moved = await _moved(sms)
    update = await until_sent(sms, message_id, account_sid=moved)

    (sent,) = await sms.simulator.messages(from_=sms.number)
    assert (sent.account_sid, sent.sid) == (moved, update.twilio_message_sid)
    assert (await sms.send(message_id, account_sid=moved)).twilio_message_sid == sent.sid

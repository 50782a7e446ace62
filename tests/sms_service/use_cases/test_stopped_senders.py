"""A number that Twilio refuses is stopped until somebody fixes it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import grpc
import pymongo
import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.errors import FailedPrecondition, KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.domain.delivery import Delivery
from sms_service.mongo.store import MongoStore
from sms_service.twilio.errors import explain
from sms_service.use_cases.stopped_senders import StoppedSenders
from tests.mongo_clients import mongo_client
from tests.sms_service.clock import SetClock
from tests.sms_service.conftest import ORGANIZATION, Sms

ACCOUNT, NUMBER, OTHER = "AC1", "+15550001000", "+15550002000"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest_asyncio.fixture
async def senders(mongod: Mongod, database: str, clock: SetClock) -> AsyncIterator[StoppedSenders]:
    """On an empty store."""
    store = MongoStore(mongod.uri, database)
    await store.prepare()
    yield StoppedSenders(store.stopped_senders, clock)
    store.close()


def _delivery(status: str, error_code: int = 0) -> Delivery:
    now = utc_now()
    return Delivery("msg_1", "default", "desk", ACCOUNT, NUMBER, "+1", now, now, "SM1", status, error_code)


async def _take_turn(senders: StoppedSenders) -> bool:
    """Whether the next message of the number is a probe. Raises FailedPrecondition while none may be sent."""
    stops = await senders.due_probes(ACCOUNT, NUMBER)
    await senders.take_probes(stops)
    return bool(stops)


async def _stopped(call: Awaitable[Any]) -> FailedPrecondition:
    with pytest.raises(FailedPrecondition) as stopped:
        await call
    assert stopped.value.reason == "SENDER_STOPPED"
    return stopped.value


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


def _message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


async def test_a_stop_that_a_version_before_named_by_the_number_holds_until_it_is_lifted(
    senders: StoppedSenders, mongod: Mongod, database: str
) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        stopped: Any = client[database].stopped_senders
        document = stopped.find_one_and_delete({})
        assert NUMBER not in document["_id"]
        stopped.insert_one({**document, "_id": f"{ACCOUNT}:{NUMBER}"})
        store = MongoStore(mongod.uri, database)
        for _ in range(2):
            await store.prepare()
        store.close()

        assert stopped.distinct("_id") == [document["_id"]]
        await _stopped(senders.due_probes(ACCOUNT, NUMBER))
        await senders.accepted(ACCOUNT, NUMBER)
        assert await senders.due_probes(ACCOUNT, NUMBER) == []


async def test_trouble_with_a_number_stops_that_number_alone(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))

    error = await _stopped(senders.due_probes(ACCOUNT, NUMBER))
    await senders.due_probes(ACCOUNT, OTHER)

    assert error.metadata["twilio_code"] == "21606"
    assert error.metadata["error_text"].endswith(".")
    assert 0 < int(error.metadata["retry_after_ms"]) <= 30_000


async def test_trouble_with_an_account_stops_all_its_numbers(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(20003))

    await _stopped(senders.due_probes(ACCOUNT, OTHER))
    await senders.due_probes("AC2", NUMBER)


@pytest.mark.parametrize("code", [21211, 21610, 30007, 20429, 30001, 30024, 21408, 21608, 99999])
async def test_trouble_with_one_message_stops_nobody(senders: StoppedSenders, code: int) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(code))

    assert await _take_turn(senders) is False


async def test_one_message_is_tried_from_time_to_time(senders: StoppedSenders, clock: SetClock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    clock.forward(seconds=31)

    turns = await asyncio.gather(*(_take_turn(senders) for _ in range(10)), return_exceptions=True)

    assert sum(turn is True for turn in turns) == 1
    assert sum(isinstance(turn, FailedPrecondition) for turn in turns) == 9


async def test_tries_become_rarer_up_to_five_minutes(senders: StoppedSenders, clock: SetClock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    waits = []
    for _ in range(6):
        waited = 0
        while True:
            clock.forward(seconds=5)
            waited += 5
            try:
                await _take_turn(senders)
            except FailedPrecondition:
                continue
            break
        await senders.refused(ACCOUNT, NUMBER, explain(21606))
        waits.append(waited)

    assert waits == [30, 30, 60, 120, 240, 300]


async def test_message_that_is_taken_resumes_the_rest(senders: StoppedSenders, clock: SetClock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    clock.forward(seconds=31)
    assert await _take_turn(senders)

    await senders.accepted(ACCOUNT, NUMBER)

    assert await _take_turn(senders) is False


async def test_reported_trouble_stops_until_a_delivery(senders: StoppedSenders) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))
    await _stopped(senders.due_probes(ACCOUNT, NUMBER))

    await senders.accepted(ACCOUNT, NUMBER)
    await _stopped(senders.due_probes(ACCOUNT, NUMBER))

    await senders.reported(_delivery("delivered"), None)
    await senders.due_probes(ACCOUNT, NUMBER)


async def test_reported_trouble_is_forgotten_where_no_receipts_come(senders: StoppedSenders, clock: SetClock) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))

    clock.forward(hours=1, seconds=1)

    await senders.due_probes(ACCOUNT, NUMBER)
    assert await senders.list_stopped(ACCOUNT) == []


async def test_connecting_the_account_resumes_all_of_it(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    await senders.refused(ACCOUNT, NUMBER, explain(20003))

    await senders.connected(ACCOUNT)

    assert await _take_turn(senders) is False


async def test_stopped_number_is_not_tried_and_is_listed_until_the_account_is_connected(sms: Sms) -> None:
    await sms.connect()
    await sms.simulator.put_number(sms.account_sid, sms.number, capabilities=["voice"])
    assert (await _error(sms.send(_message_id()))).reason == "SENDER_REFUSED"
    await sms.simulator.put_number(sms.account_sid, sms.number, capabilities=["voice", "sms"])
    message_id = _message_id()

    error = await _error(sms.send(message_id))

    assert (error.reason, error.metadata["twilio_code"]) == ("SENDER_STOPPED", "21661")
    request = pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION)
    [account] = (await sms.stub.ListTwilioAccounts(request)).accounts
    assert [(s.phone_number, s.error_code) for s in account.stopped_senders] == [(sms.number, 21661)]
    await sms.connect()
    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED
    assert len(await sms.sent(1)) == 1


async def test_a_short_code_whose_customer_may_be_abroad_fails_that_reply_alone(sms: Sms) -> None:
    await sms.connect()
    foreign = await sms.send(_message_id(), from_address="72345")
    await sms.simulator.put_number(sms.account_sid, "72345")
    message_id = _message_id()
    taken = await sms.send(message_id, from_address="72345")

    (verdict,) = await sms.callbacks(
        sms.webhook(
            f"/api/webhooks/twilio/status?message_id={message_id}",
            MessageSid=taken.twilio_message_sid,
            MessageStatus="failed",
            ErrorCode="21606",
            From="72345",
        )
    )

    assert (foreign.state, foreign.error_code) == (message_pb2.DELIVERY_STATE_FAILED, 21659)
    assert verdict.verified.update.error_code == 21606
    [account] = (await sms.stub.ListTwilioAccounts(pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION))).accounts
    assert not account.stopped_senders


async def test_refused_credentials_stop_the_account_until_it_is_connected_again(sms: Sms) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)
    message_id = _message_id()

    reasons = [(await _error(sms.send(message_id))).reason for _ in range(2)]

    assert reasons == ["TWILIO_CREDENTIALS_REFUSED", "SENDER_STOPPED"]
    await sms.connect(auth_token=new)
    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED


async def test_trouble_that_was_forgotten_stops_again_when_it_comes_back(
    senders: StoppedSenders, clock: SetClock
) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))
    clock.forward(hours=2)

    await senders.refused(ACCOUNT, NUMBER, explain(21606))

    error = await _stopped(senders.due_probes(ACCOUNT, NUMBER))
    assert error.metadata["twilio_code"] == "21606"


async def test_stop_by_a_replica_whose_clock_is_days_ahead_is_tried_at_once(
    senders: StoppedSenders, clock: SetClock
) -> None:
    clock.forward(days=3)
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    clock.forward(days=-3)

    stops = await senders.due_probes(ACCOUNT, NUMBER)
    await senders.take_probes(stops)

    # It is taken once, and the next one is due when one would be.
    await _stopped(senders.take_probes(stops))
    await _stopped(senders.due_probes(ACCOUNT, NUMBER))


async def test_message_whose_probe_cannot_be_taken_is_not_in_doubt(sms: Sms, mongod: Mongod, database: str) -> None:
    await sms.connect()
    await sms.simulator.put_number(sms.account_sid, sms.number, capabilities=["voice"])
    assert (await _error(sms.send(_message_id()))).reason == "SENDER_REFUSED"
    await sms.simulator.put_number(sms.account_sid, sms.number, capabilities=["voice", "sms"])
    message_id = _message_id()
    with mongo_client(mongod.uri) as client:
        client[database].stopped_senders.update_many({}, {"$set": {"probe_due": utc_now()}})
        no_more_probes = {"probe_wait_seconds": {"$lt": 0}}
        client[database].command("collMod", "stopped_senders", validator=no_more_probes)
        assert (await _error(sms.send(message_id))).reason == "INTERNAL"
        client[database].command("collMod", "stopped_senders", validator={})

    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED

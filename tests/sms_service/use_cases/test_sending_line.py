"""No number sends faster than it may: its messages wait in a line."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import grpc
import pymongo
import pytest
import pytest_asyncio
from bson.max_key import MaxKey
from pymongo.errors import OperationFailure
from structlog.testing import capture_logs

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.store import MongoStore
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.use_cases.sending_line import SendingLine
from tests.mongo_clients import mongo_client
from tests.sms_service.clock import SetClock
from tests.sms_service.conftest import Sms

ACCOUNT, NUMBER, OTHER = "AC1", "+15550001000", "+15550002000"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest_asyncio.fixture
async def line(mongod: Mongod, database: str, clock: SetClock) -> AsyncIterator[SendingLine]:
    """On an empty store."""
    store, http = MongoStore(mongod.uri, database), TwilioHttp(1)
    yield SendingLine(store.sending_line, Twilio("http://127.0.0.1", http, "http://127.0.0.1"), clock)
    store.close()
    await http.close()


@pytest.fixture
def database_itself(mongod: Mongod, database: str) -> Iterator[Any]:
    """The database, for whoever changes what the service has in it."""
    with mongo_client(mongod.uri) as client:
        yield client[database]


def _break_line(database_itself: Any, account_sid: str, number: str) -> None:
    """From now on the database books no place of the number."""
    broken = {"_id": SenderKey(account_sid, number).name, "free_time": MaxKey()}
    database_itself.sending_places.replace_one({"_id": broken["_id"]}, broken, upsert=True)


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


def _message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


@pytest.mark.parametrize(
    ("number", "per_second", "apart"),
    [
        pytest.param("+18885550100", 0, 1 / 3, id="by its kind"),
        pytest.param("+12065550100", 8, 1 / 8, id="as it was asked for"),
    ],
)
async def test_messages_leave_as_fast_as_asked_for_or_as_the_numbers_kind_may(
    line: SendingLine, clock: SetClock, number: str, per_second: float, apart: float
) -> None:
    _, second = [await line.book(ACCOUNT, number, 1, per_second) for _ in range(2)]

    assert (second - clock.now).total_seconds() == pytest.approx(apart, abs=0.001)


async def test_places_in_line_are_segments_apart_for_all_replicas(line: SendingLine, clock: SetClock) -> None:
    places = [await line.book(ACCOUNT, NUMBER, segments, 0) for segments in (1, 3, 1)]
    elsewhere = await line.book(ACCOUNT, OTHER, 1, 0)

    assert [(place - clock.now).total_seconds() for place in places] == [0, 1, 4]
    assert elsewhere == clock.now


async def test_places_that_are_booked_at_once_are_all_different(line: SendingLine, clock: SetClock) -> None:
    places = await asyncio.gather(*(line.book(ACCOUNT, NUMBER, 1, 10) for _ in range(20)))

    assert sorted((place - clock.now) / timedelta(seconds=0.1) for place in places) == list(range(20))


async def test_line_that_was_empty_for_a_while_starts_now(line: SendingLine, clock: SetClock) -> None:
    await line.book(ACCOUNT, NUMBER, 1, 0)
    clock.forward(minutes=1)

    assert await line.book(ACCOUNT, NUMBER, 1, 0) == clock.now


async def test_line_that_a_version_before_named_by_the_number_goes_on_under_its_new_name(
    line: SendingLine, clock: SetClock, mongod: Mongod, database: str
) -> None:
    places: Any
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        places = client[database].sending_places
        in_a_minute = clock.now + timedelta(minutes=1)
        places.insert_one({"_id": f"{ACCOUNT}:{NUMBER}", "place_time": clock.now, "free_time": in_a_minute})
        store = MongoStore(mongod.uri, database)
        for _ in range(2):
            await store.prepare()
        store.close()

        assert await line.book(ACCOUNT, NUMBER, 1, 0) == in_a_minute
        assert [NUMBER in name for name in places.distinct("_id")] == [False]


async def test_message_far_back_in_line_is_told_when_to_come_again_and_keeps_its_place(sms: Sms) -> None:
    await sms.connect()
    # Three segments at one a second: the next message's place is in three seconds.
    await sms.send(_message_id(), "x" * 450)
    waiting = _message_id()

    first = await _error(sms.send(waiting))
    again = await _error(sms.send(waiting))

    assert (first.reason, again.reason) == ("SENDING_RATE_EXCEEDED",) * 2
    assert int(again.metadata["retry_after_ms"]) <= int(first.metadata["retry_after_ms"]) <= 3000
    assert len(await sms.sent(1)) == 1


async def test_channel_that_may_send_faster_does(sms: Sms) -> None:
    await sms.connect()

    for number in range(5):
        await sms.send(_message_id(), f"{number}", segments_per_second=1000)

    assert await sms.sent(5) == [str(number) for number in range(5)]


async def test_number_whose_line_fails_fails_alone(line: SendingLine, clock: SetClock, database_itself: Any) -> None:
    _break_line(database_itself, ACCOUNT, OTHER)

    booked = await asyncio.gather(
        *(line.book(ACCOUNT, number, 1, 0) for number in (NUMBER, OTHER, NUMBER, OTHER)), return_exceptions=True
    )

    assert [booked[0], booked[2]] == [clock.now, clock.now + timedelta(seconds=1)]
    assert [type(booked[1]), type(booked[3])] == [OperationFailure] * 2


async def test_message_that_got_no_place_is_not_in_doubt(sms: Sms, database_itself: Any) -> None:
    await sms.connect()
    message_id = _message_id()
    _break_line(database_itself, sms.account_sid, sms.number)
    assert (await _error(sms.send(message_id))).reason == "INTERNAL"
    database_itself.sending_places.delete_many({})

    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED


@pytest.mark.parametrize("sms", [{"send_lease_seconds": 60.0}], indirect=True)
async def test_message_that_got_no_place_is_given_back_once_the_database_takes_it(
    sms: Sms, database_itself: Any
) -> None:
    await sms.connect()
    message_id = _message_id()
    _break_line(database_itself, sms.account_sid, sms.number)
    nothing_is_given_back = {"lease_until": {"$ne": None}}
    database_itself.command("collMod", "deliveries", validator=nothing_is_given_back)

    with capture_logs() as lines:
        failed = asyncio.create_task(_error(sms.send(message_id)))
        async with asyncio.timeout(90):
            while not any(line["event"] == "a reply is not given back yet" for line in lines):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    database_itself.command("collMod", "deliveries", validator={})
    database_itself.sending_places.delete_many({})
    await failed

    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED

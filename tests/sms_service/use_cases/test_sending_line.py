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
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.domain.place import Place
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.store import MongoStore
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.use_cases.sending_line import SendingLine
from tests.mongo_clients import mongo_client
from tests.sms_service.conftest import Sms

ACCOUNT, NUMBER, OTHER = "AC1", "+15550001000", "+15550002000"
KEY = SenderKey(ACCOUNT, NUMBER)


@pytest_asyncio.fixture
async def line(mongod: Mongod, database: str) -> AsyncIterator[SendingLine]:
    """On an empty store."""
    store, http = MongoStore(mongod.uri, database), TwilioHttp(1)
    yield SendingLine(store.sending_line, Twilio("http://127.0.0.1", http, "http://127.0.0.1"))
    store.close()
    await http.close()


@pytest.fixture
def database_itself(mongod: Mongod, database: str) -> Iterator[Any]:
    """The database, for whoever changes what the service has in it."""
    with mongo_client(mongod.uri) as client:
        yield client[database]


def _break_line(database_itself: Any, account_sid: str, number: str) -> None:
    """From now on the database books no place of the number."""
    broken = {"_id": SenderKey(account_sid, number).name, "free_time": MaxKey(), "end": MaxKey()}
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
    line: SendingLine, number: str, per_second: float, apart: float
) -> None:
    first, second = [await line.book(ACCOUNT, number, 1, per_second) for _ in range(2)]

    assert (second.time - first.time).total_seconds() == pytest.approx(apart, abs=0.001)


async def test_places_in_line_are_segments_apart_for_all_replicas(line: SendingLine) -> None:
    places = [await line.book(ACCOUNT, NUMBER, segments, 0) for segments in (1, 3, 1)]
    elsewhere = await line.book(ACCOUNT, OTHER, 1, 0)

    assert [(place.time - places[0].time).total_seconds() for place in places] == [0, 1, 4]
    assert (places[0].wait, elsewhere.wait) == (timedelta(0), timedelta(0))
    assert timedelta(0) < places[2].wait <= timedelta(seconds=4)


async def test_places_that_are_booked_at_once_are_all_different(line: SendingLine) -> None:
    places = await asyncio.gather(*(line.book(ACCOUNT, NUMBER, 1, 0.1) for _ in range(20)))

    times = sorted(place.time for place in places)
    assert [(time - times[0]) / timedelta(seconds=10) for time in times] == list(range(20))


def _line_is(database_itself: Any, **fields: Any) -> None:
    """What is kept of the number's line, times in minutes from now."""
    now = utc_now()
    times = {name: now + timedelta(minutes=minutes) for name, minutes in fields.items()}
    database_itself.sending_places.replace_one({"_id": KEY.name}, {"_id": KEY.name, **times}, upsert=True)


async def _wait(line: SendingLine) -> float:
    """In minutes, of the next place in the number's line."""
    return (await line.book(ACCOUNT, NUMBER, 1, 0)).wait / timedelta(minutes=1)


async def test_line_that_was_empty_for_a_while_starts_now(line: SendingLine, database_itself: Any) -> None:
    _line_is(database_itself, place_time=-2, free_time=-1, end=-1, book_time=-2)

    assert await _wait(line) == 0


async def test_line_that_is_as_long_as_it_was_booked_is_kept(line: SendingLine, database_itself: Any) -> None:
    _line_is(database_itself, place_time=599, free_time=600, end=600, book_time=-1)

    assert await _wait(line) == pytest.approx(600, abs=1.5)


@pytest.mark.parametrize(
    ("ahead", "known", "waits"),
    [
        pytest.param(5, None, 5, id="as it may be"),
        pytest.param(3 * 24 * 60, None, 10, id="days ahead"),
        pytest.param(3 * 24 * 60, 30, 30, id="days ahead of a line that is long"),
        pytest.param(-60, None, 0, id="free for an hour"),
    ],
)
async def test_line_that_the_version_before_booked_by_a_clock_that_is_ahead_is_believed_for_minutes(
    line: SendingLine, database_itself: Any, ahead: int, known: int | None, waits: int
) -> None:
    times = {} if known is None else {"end": known, "book_time": -1}
    _line_is(database_itself, place_time=ahead - 1, free_time=ahead, **times)

    assert await _wait(line) == pytest.approx(waits, abs=1.5)


async def test_line_goes_on_when_the_databases_clock_was_put_back(line: SendingLine, database_itself: Any) -> None:
    _line_is(database_itself, place_time=62, free_time=63, end=63, book_time=60)

    assert await _wait(line) == pytest.approx(3, abs=1.5)


async def test_place_beyond_the_lines_end_is_none(line: SendingLine, database_itself: Any) -> None:
    now = utc_now()
    in_a_minute, in_days = now + timedelta(minutes=1), now + timedelta(days=3)
    assert not await line.reaches(ACCOUNT, NUMBER, in_a_minute)

    _line_is(database_itself, place_time=4, free_time=5, end=5, book_time=0)
    reached = [await line.reaches(ACCOUNT, NUMBER, place) for place in (in_a_minute, in_days)]
    _line_is(database_itself, place_time=5 * 24 * 60, free_time=5 * 24 * 60)

    assert reached == [True, False]
    assert not await line.reaches(ACCOUNT, NUMBER, in_days)


async def test_line_that_a_version_before_named_by_the_number_goes_on_under_its_new_name(
    line: SendingLine, mongod: Mongod, database: str
) -> None:
    places: Any
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        places = client[database].sending_places
        now = utc_now()
        in_a_minute = now + timedelta(minutes=1)
        places.insert_one({"_id": f"{ACCOUNT}:{NUMBER}", "place_time": now, "free_time": in_a_minute})
        store = MongoStore(mongod.uri, database)
        for _ in range(2):
            await store.prepare()
        store.close()

        assert (await line.book(ACCOUNT, NUMBER, 1, 0)).time == in_a_minute
        assert [NUMBER in name for name in places.distinct("_id")] == [False]


@pytest.mark.parametrize("collection", ["sending_places", "stopped_senders"])
async def test_what_cannot_be_read_of_a_version_before_keeps_no_replica_from_starting(
    line: SendingLine, database_itself: Any, mongod: Mongod, database: str, collection: str
) -> None:
    in_a_minute = utc_now() + timedelta(minutes=1)
    database_itself[collection].insert_one({"_id": f"{ACCOUNT}:{OTHER}"})
    database_itself.sending_places.insert_one({"_id": f"{ACCOUNT}:{NUMBER}", "free_time": in_a_minute})
    store = MongoStore(mongod.uri, database)

    with capture_logs() as lines:
        await store.prepare()
    store.close()

    assert [line["name"] for line in lines] == [f"{ACCOUNT}:+*******2000"]
    assert (await line.book(ACCOUNT, NUMBER, 1, 0)).time == in_a_minute


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


async def test_number_whose_line_fails_fails_alone(line: SendingLine, database_itself: Any) -> None:
    _break_line(database_itself, ACCOUNT, OTHER)

    booked = await asyncio.gather(
        *(line.book(ACCOUNT, number, 1, 0) for number in (NUMBER, OTHER, NUMBER, OTHER)), return_exceptions=True
    )

    assert [type(one) for one in booked] == [Place, OperationFailure] * 2


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

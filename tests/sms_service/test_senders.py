"""A number that Twilio refuses is stopped until it is mended, and none sends faster than it may."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from typing import Any

import grpc
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
from sms_service.twilio.client import Twilio
from sms_service.twilio.errors import explain
from sms_service.twilio.http import TwilioHttp
from sms_service.twilio.sending_rate import segments_per_second
from sms_service.use_cases.sending_line import SendingLine
from sms_service.use_cases.stopped_senders import StoppedSenders
from tests.sms_service.conftest import ORGANIZATION, Sms

ACCOUNT, NUMBER, OTHER = "AC1", "+15550001000", "+15550002000"


class _Clock:
    """A time that the test tells."""

    def __init__(self) -> None:
        # MongoDB keeps milliseconds.
        self.now = utc_now().replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest_asyncio.fixture
async def senders(mongod: Mongod, database: str, clock: _Clock) -> AsyncIterator[StoppedSenders]:
    """On an empty store."""
    store = MongoStore(mongod.uri, database)
    await store.prepare()
    yield StoppedSenders(store.stopped_senders, clock)
    store.close()


@pytest_asyncio.fixture
async def line(mongod: Mongod, database: str, clock: _Clock) -> AsyncIterator[SendingLine]:
    """On an empty store."""
    store, http = MongoStore(mongod.uri, database), TwilioHttp(1)
    yield SendingLine(store.sending_line, Twilio("http://127.0.0.1", http, "http://127.0.0.1"), clock)
    store.close()
    await http.close()


def _delivery(status: str, error_code: int = 0) -> Delivery:
    now = utc_now()
    return Delivery("msg_1", "default", "desk", ACCOUNT, NUMBER, "+1", now, now, "SM1", status, error_code)


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


async def test_trouble_with_a_number_stops_that_number_alone(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))

    error = await _stopped(senders.require_running(ACCOUNT, NUMBER))
    await senders.require_running(ACCOUNT, OTHER)

    assert error.metadata["twilio_code"] == "21606"
    assert error.metadata["error_text"].endswith(".")
    assert 0 < int(error.metadata["retry_after_ms"]) <= 30_000


async def test_trouble_with_an_account_stops_all_its_numbers(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(20003))

    await _stopped(senders.require_running(ACCOUNT, OTHER))
    await senders.require_running("AC2", NUMBER)


@pytest.mark.parametrize("code", [21211, 21610, 30007, 20429, 30001, 21408, 21608, 99999])
async def test_trouble_with_one_message_stops_nobody(senders: StoppedSenders, code: int) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(code))

    assert await senders.take_turn(ACCOUNT, NUMBER) is False


async def test_one_message_is_tried_from_time_to_time(senders: StoppedSenders, clock: _Clock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    clock.forward(seconds=31)

    turns = await asyncio.gather(*(senders.take_turn(ACCOUNT, NUMBER) for _ in range(10)), return_exceptions=True)

    assert sum(turn is True for turn in turns) == 1
    assert sum(isinstance(turn, FailedPrecondition) for turn in turns) == 9


async def test_tries_become_rarer_up_to_five_minutes(senders: StoppedSenders, clock: _Clock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    waits = []
    for _ in range(6):
        waited = 0
        while True:
            clock.forward(seconds=5)
            waited += 5
            try:
                await senders.take_turn(ACCOUNT, NUMBER)
            except FailedPrecondition:
                continue
            break
        await senders.refused(ACCOUNT, NUMBER, explain(21606))
        waits.append(waited)

    assert waits == [30, 30, 60, 120, 240, 300]


async def test_message_that_is_taken_resumes_the_rest(senders: StoppedSenders, clock: _Clock) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    clock.forward(seconds=31)
    assert await senders.take_turn(ACCOUNT, NUMBER)

    await senders.accepted(ACCOUNT, NUMBER)

    assert await senders.take_turn(ACCOUNT, NUMBER) is False


async def test_reported_trouble_stops_until_a_delivery(senders: StoppedSenders) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))
    await _stopped(senders.require_running(ACCOUNT, NUMBER))

    await senders.accepted(ACCOUNT, NUMBER)
    await _stopped(senders.require_running(ACCOUNT, NUMBER))

    await senders.reported(_delivery("delivered"), None)
    await senders.require_running(ACCOUNT, NUMBER)


async def test_reported_trouble_is_forgotten_where_no_receipts_come(senders: StoppedSenders, clock: _Clock) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))

    clock.forward(hours=1, seconds=1)

    await senders.require_running(ACCOUNT, NUMBER)
    assert await senders.list_stopped(ACCOUNT) == []


async def test_connecting_the_account_resumes_all_of_it(senders: StoppedSenders) -> None:
    await senders.refused(ACCOUNT, NUMBER, explain(21606))
    await senders.refused(ACCOUNT, NUMBER, explain(20003))

    await senders.connected(ACCOUNT)

    assert await senders.take_turn(ACCOUNT, NUMBER) is False


@pytest.mark.parametrize(
    ("number", "rate"),
    [
        pytest.param("+12065550100", 1, id="long code"),
        pytest.param("+18885550100", 3, id="toll-free"),
        pytest.param("12345", 100, id="short code"),
        pytest.param("whatsapp:+12065550100", 1, id="another kind"),
    ],
)
def test_rate_is_that_of_the_numbers_kind(number: str, rate: float) -> None:
    assert segments_per_second(number) == rate


@pytest.mark.parametrize(
    ("number", "per_second", "apart"),
    [
        pytest.param("+18885550100", 0, 1 / 3, id="by its kind"),
        pytest.param("+12065550100", 8, 1 / 8, id="as it was asked for"),
    ],
)
async def test_messages_leave_as_fast_as_asked_for_or_as_the_numbers_kind_may(
    line: SendingLine, clock: _Clock, number: str, per_second: float, apart: float
) -> None:
    _, second = [await line.book(ACCOUNT, number, 1, per_second) for _ in range(2)]

    assert (second - clock.now).total_seconds() == pytest.approx(apart, abs=0.001)


async def test_places_in_line_are_segments_apart_for_all_replicas(line: SendingLine, clock: _Clock) -> None:
    places = [await line.book(ACCOUNT, NUMBER, segments, 0) for segments in (1, 3, 1)]
    elsewhere = await line.book(ACCOUNT, OTHER, 1, 0)

    assert [(place - clock.now).total_seconds() for place in places] == [0, 1, 4]
    assert elsewhere == clock.now


async def test_places_that_are_booked_at_once_are_all_different(line: SendingLine, clock: _Clock) -> None:
    places = await asyncio.gather(*(line.book(ACCOUNT, NUMBER, 1, 10) for _ in range(20)))

    assert sorted((place - clock.now) / timedelta(seconds=0.1) for place in places) == list(range(20))


async def test_line_that_was_empty_for_a_while_starts_now(line: SendingLine, clock: _Clock) -> None:
    await line.book(ACCOUNT, NUMBER, 1, 0)
    clock.forward(minutes=1)

    assert await line.book(ACCOUNT, NUMBER, 1, 0) == clock.now


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
    senders: StoppedSenders, clock: _Clock
) -> None:
    await senders.reported(_delivery("undelivered", 30034), explain(30034))
    clock.forward(hours=2)

    await senders.refused(ACCOUNT, NUMBER, explain(21606))

    error = await _stopped(senders.require_running(ACCOUNT, NUMBER))
    assert error.metadata["twilio_code"] == "21606"

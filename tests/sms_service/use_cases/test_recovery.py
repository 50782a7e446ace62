"""Recovering missed texts: one that is poisoned stops no other, and nobody overlooks it. The whole:
tests/e2e/failures/test_backfill.py."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from dev.twilio_simulator.client import MediaFile
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2
from servicekit.clock import utc_now
from servicekit.mongo.leases import FREE
from servicekit.paging import Page
from servicekit.rpc.proto_values import timestamp
from sms_service.domain.backfill_number import SubscribedNumber
from sms_service.mongo.store import MongoStore
from sms_service.settings import SmsServiceSettings
from sms_service.use_cases.number_statuses import NumberStatuses
from tests.mongo_clients import client_of_services, mongo_client
from tests.sms_service.conftest import FAST_BY, ORGANIZATION, Sms, running_sms
from tests.sms_service.ticket_peer import TicketPeer

NAMES = ("one", "two", "three", "four", "five")


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    """Compares all the time, with what just came."""
    return {
        "ticket_service": tickets.address,
        "backfill_interval_seconds": 0.3,
        "backfill_grace_seconds": 0,
    }


@pytest_asyncio.fixture
async def desk(sms: Sms, tickets: TicketPeer) -> Sms:
    """A connected account, whose number is subscribed."""
    await sms.connect()
    tickets.numbers.append(_subscribed(sms))
    return sms


def _subscribed(sms: Sms, number: str = "") -> channel_service_pb2.SubscribedNumber:
    since = timestamp(utc_now() - timedelta(minutes=1))
    return channel_service_pb2.SubscribedNumber(
        organization_id=ORGANIZATION,
        account_sid=sms.account_sid,
        phone_number=number or sms.number,
        subscribe_time=since,
    )


async def _miss(sms: Sms, *texts: str, **options: Any) -> list[str]:
    """Texts whose webhook never came; their MessageSids."""
    return [
        (await sms.simulator.text(sms.customer, sms.number, text, deliver=False, **options)).message_sid
        for text in texts
    ]


async def _comparison(sms: Sms) -> pb.NumberComparison:
    """How the number stands, once it was claimed."""
    request = pb.ListNumberComparisonsRequest(organization_id=ORGANIZATION)
    async with asyncio.timeout(90):
        while True:
            found = (await sms.stub.ListNumberComparisons(request)).comparisons
            mine = [one for one in found if one.account_sid == sms.account_sid]
            if mine:
                return mine[0]
            await asyncio.sleep(0.02)


async def _until(sms: Sms, **wanted: Any) -> pb.NumberComparison:
    async with asyncio.timeout(90):
        while True:
            found = await _comparison(sms)
            if all(getattr(found, name) == value for name, value in wanted.items()):
                return found
            await asyncio.sleep(0.02)


async def test_lines_that_nobody_can_read_hide_no_text(desk: Sms, tickets: TicketPeer) -> None:
    await desk.simulator.fault("list_messages", "poison")

    await _miss(desk, *NAMES)

    await tickets.until_stored(*NAMES)
    found = await _until(desk, not_taken_in=5)
    assert len(found.not_taken_in_sids) == 5
    # Found by every comparison, and recorded once.
    await _miss(desk, "six")
    await tickets.until_stored("six")
    found = await _comparison(desk)
    assert found.HasField("compare_time")
    assert found.HasField("not_taken_in_time")
    assert found.not_taken_in == 5
    assert len(tickets.audit_records) == 5


@pytest.mark.parametrize("reason", ["FIELD_INVALID", "MESSAGE_REJECTED"])
async def test_text_that_is_refused_is_recorded_once(desk: Sms, tickets: TicketPeer, reason: str) -> None:
    tickets.refused["three"] = reason

    sids = await _miss(desk, *NAMES)

    await tickets.until_stored("one", "two", "four", "five")
    found = await _until(desk, not_taken_in=1)
    assert found.not_taken_in_sids == [sids[2]]
    await _miss(desk, "six")
    await tickets.until_stored("six")
    (record,) = tickets.audit_records
    assert (record.action, record.subject_id, record.details["reason"]) == ("text.not_taken_in", sids[2], reason)
    assert desk.number not in str(record)


async def test_text_that_fails_every_call_fails_alone(desk: Sms, tickets: TicketPeer) -> None:
    tickets.poison.add("two")

    sids = await _miss(desk, *NAMES)

    await tickets.until_stored("one", "three", "four", "five")
    assert (await _until(desk, not_taken_in=1)).not_taken_in_sids == [sids[1]]
    tickets.poison.clear()
    await tickets.until_stored("two")


async def test_number_that_was_removed_meanwhile_is_no_trouble(desk: Sms, tickets: TicketPeer) -> None:
    tickets.refused["one"] = "CHANNEL_NOT_FOUND"

    await _miss(desk, "one", "two")

    await tickets.until_stored("two")
    assert (await _comparison(desk)).not_taken_in == 0
    assert tickets.audit_records == []


async def test_text_whose_attachments_twilio_does_not_name_keeps_no_other_waiting(
    desk: Sms, tickets: TicketPeer
) -> None:
    await desk.simulator.fault("list_media", "500_before")
    picture = MediaFile("image/jpeg", b"\xff\xd8\xff\xe0picture")

    await _miss(desk, "one")
    await _miss(desk, "look", media=[picture])
    await _miss(desk, "two", "three")

    await tickets.until_stored("one", "two", "three")
    assert "look" not in {message.text for message in tickets.stored.values()}
    await desk.simulator.clear_faults()
    await tickets.until_stored("look")
    (look,) = [message for message in tickets.stored.values() if message.text == "look"]
    assert [item.content_type for item in look.media] == ["image/jpeg"]


async def test_half_of_a_character_is_recovered_as_what_stands_for_it(desk: Sms, tickets: TicketPeer) -> None:
    await _miss(desk, "cut 😀", cut=True)
    await _miss(desk, "whole 😀")

    await tickets.until_stored("cut \ufffd", "whole 😀")


async def test_trouble_with_one_number_is_said_and_passes(desk: Sms, tickets: TicketPeer) -> None:
    await _until(desk, trouble="")
    await desk.simulator.fault("list_messages", "500_before")

    await _until(desk, trouble="TWILIO_UNAVAILABLE")

    await desk.simulator.clear_faults()
    found = await _until(desk, trouble="")
    assert not found.behind


async def test_numbers_of_an_account_that_is_gone_keep_no_other_waiting(desk: Sms, tickets: TicketPeer) -> None:
    gone = "AC" + "0" * 32
    for digit in range(5):
        number = _subscribed(desk, f"+1555000200{digit}")
        number.account_sid = gone
        tickets.numbers.insert(0, number)
    broken = _subscribed(desk, "+15550003000")
    broken.subscribe_time.seconds = 10**15
    tickets.numbers.insert(0, broken)

    await _miss(desk, *NAMES)

    await tickets.until_stored(*NAMES)
    request = pb.ListNumberComparisonsRequest(organization_id=ORGANIZATION)
    async with asyncio.timeout(90):
        while True:
            found = (await desk.stub.ListNumberComparisons(request)).comparisons
            troubles = [one.trouble for one in found if one.account_sid == gone]
            if troubles == ["TWILIO_ACCOUNT_NOT_FOUND"] * 5:
                return
            await asyncio.sleep(0.02)


@dataclass
class Known:
    """What is kept of numbers' comparisons, which a test sets as if time had passed."""

    mongod: Mongod
    database: str
    store: MongoStore
    now: datetime = field(default_factory=utc_now)

    async def compared(self, number: SubscribedNumber, **minutes_ago: float | None) -> None:
        """The number was claimed, and its times were so long ago; None: never."""
        assert await self.store.backfills.claim(number, timedelta(0), timedelta(0)) is not None
        times = {
            name: FREE if minutes is None else self.now - timedelta(minutes=minutes)
            for name, minutes in minutes_ago.items()
        }
        with mongo_client(self.mongod.uri) as client:
            client[self.database].backfills.update_one({"_id": number.key}, {"$set": times})

    def number(self, account_sid: str, digit: int = 0, minutes_ago: float = 10) -> SubscribedNumber:
        """One that was subscribed so long ago, by the clock of who did it."""
        subscribed = self.now - timedelta(minutes=minutes_ago)
        return SubscribedNumber(ORGANIZATION, account_sid, f"+1555000100{digit}", subscribed)


@pytest.fixture
def known(mongod: Mongod, database: str) -> Known:
    """Nothing yet."""
    return Known(mongod, database, MongoStore(mongod.uri, database, shared=client_of_services(mongod.uri)))


async def test_number_is_behind_when_nobody_has_compared_it_for_too_long(known: Known) -> None:
    statuses = NumberStatuses(known.store.backfills, timedelta(minutes=5))
    numbers = [known.number("AC1", digit) for digit in range(3)]
    young = known.number("AC1", 9, minutes_ago=1)
    await known.compared(numbers[0], compared_time=10, known_time=10)
    await known.compared(numbers[1], compared_time=1, known_time=10)

    # The third was never compared, and neither was the young one, which has time.
    assert await statuses.count_behind([*numbers, young]) == 2
    listed, _ = await statuses.list_statuses(ORGANIZATION, Page())
    behind = {status.key: statuses.is_behind(status, known.now) for status in listed}
    assert behind == {numbers[0].key: True, numbers[1].key: False}


@pytest.mark.parametrize("ahead", [-20, 20, -3000, 3000])
@pytest.mark.parametrize(("compared", "since", "behind"), [(1, 10, 0), (None, 1, 0), (10, 10, 1), (None, 10, 1)])
async def test_clock_of_who_subscribed_a_number_makes_it_neither_late_nor_on_time(
    known: Known, ahead: int, compared: float | None, since: float, behind: int
) -> None:
    number = known.number("AC1", minutes_ago=since - ahead)

    await known.compared(number, compared_time=compared, known_time=since)

    assert await NumberStatuses(known.store.backfills, timedelta(minutes=5)).count_behind([number]) == behind


@pytest.mark.parametrize("ahead", [-20, 20])
async def test_clock_of_who_is_asked_makes_no_number_late_and_hides_none(
    sms: Sms, known: Known, all_sms_settings: SmsServiceSettings, credentials_address: str, ahead: int
) -> None:
    await known.compared(known.number(sms.account_sid, 0), compared_time=1, known_time=60)
    await known.compared(known.number(sms.account_sid, 1), compared_time=10, known_time=60)
    clock = lambda: utc_now() + timedelta(minutes=ahead)  # noqa: E731

    async with running_sms(all_sms_settings, credentials_address, sms.simulator, clock) as other:
        request = pb.ListNumberComparisonsRequest(organization_id=ORGANIZATION)
        found = await other.stub.ListNumberComparisons(request)

    assert {one.phone_number[-1]: one.behind for one in found.comparisons} == {"0": False, "1": True}
    assert abs(found.read_time.ToDatetime(UTC) - utc_now()) < timedelta(minutes=5)


def _backfills(mongod: Mongod, database: str, **fields: Any) -> None:
    """Writes into what is known of all numbers, as the version before did."""
    with mongo_client(mongod.uri) as client:
        client[database].backfills.update_many({}, {"$set": fields, "$unset": {"compared_until": ""}})


async def test_replica_that_is_ahead_loses_no_text_and_says_so(desk: Sms, fast: Sms, tickets: TicketPeer) -> None:
    async with asyncio.timeout(90):
        while not (found := await _comparison(fast)).clock_ahead.seconds:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    await _miss(desk, *NAMES)

    await tickets.until_stored(*NAMES)
    assert abs(found.clock_ahead.ToTimedelta() - FAST_BY) < timedelta(minutes=1)


async def test_text_is_found_although_the_watermark_was_pushed_days_ahead(
    desk: Sms, tickets: TicketPeer, mongod: Mongod, database: str
) -> None:
    await _until(desk, trouble="")

    _backfills(mongod, database, watermark=utc_now() + timedelta(days=3))
    await _miss(desk, *NAMES)

    await tickets.until_stored(*NAMES)


async def test_text_is_found_although_the_subscription_is_dated_days_ahead(sms: Sms, tickets: TicketPeer) -> None:
    await sms.connect()
    number = _subscribed(sms)
    number.subscribe_time.FromDatetime(utc_now() + timedelta(days=3))
    tickets.numbers.append(number)
    await _until(sms, trouble="")

    await _miss(sms, *NAMES)

    await tickets.until_stored(*NAMES)

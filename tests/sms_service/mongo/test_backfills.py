"""Which replica compares which number, and how far it got. The whole: tests/e2e/failures/test_backfill.py."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pymongo
import pytest
import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.domain.backfill_number import Lease, NumberStatus, SubscribedNumber
from sms_service.mongo.backfills import MongoBackfills
from sms_service.mongo.store import MongoStore

NOW = utc_now().replace(microsecond=0)
LEASE = timedelta(minutes=2)
NUMBER = SubscribedNumber("default", "AC1", "+15550001000", NOW - timedelta(days=1))


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest_asyncio.fixture
async def backfills(mongod: Mongod, database: str) -> AsyncIterator[MongoBackfills]:
    """An empty store."""
    store = MongoStore(mongod.uri, database)
    yield store.backfills
    store.close()


@pytest_asyncio.fixture
async def documents(mongod: Mongod, database: str) -> AsyncIterator[Any]:
    """The collection itself."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongod.uri, tz_aware=True)
    yield client[database]["backfills"]
    client.close()


async def _claim(
    backfills: MongoBackfills, compared_before: timedelta = timedelta(0), number: SubscribedNumber = NUMBER
) -> Lease | None:
    return await backfills.claim(number, compared_before, LEASE)


async def _claimed(backfills: MongoBackfills, number: SubscribedNumber = NUMBER) -> Lease:
    lease = await _claim(backfills, number=number)
    assert lease is not None
    return lease


async def _set(documents: Any, **fields: datetime) -> None:
    await documents.update_one({"_id": NUMBER.key}, {"$set": fields})


async def test_number_is_one_replicas_at_a_time(backfills: MongoBackfills) -> None:
    claims = await asyncio.gather(*(_claim(backfills) for _ in range(10)))

    assert sum(claim is not None for claim in claims) == 1
    assert await _claim(backfills) is None


async def test_number_of_a_dead_replica_is_taken_over_where_it_was(backfills: MongoBackfills, documents: Any) -> None:
    dead = await _claimed(backfills)
    await backfills.advance(dead, _at(-60), LEASE)
    await _set(documents, lease_until=utc_now())

    taken_over = await _claimed(backfills)

    assert taken_over.watermark == _at(-60)
    assert not await backfills.advance(dead, _at(0), LEASE)
    await backfills.finish(dead, compared=True)
    assert await _claim(backfills) is None


async def test_number_that_was_compared_just_now_is_left_alone_unless_asked_for(backfills: MongoBackfills) -> None:
    await backfills.finish(await _claimed(backfills), compared=True)

    assert await _claim(backfills, timedelta(minutes=5)) is None
    assert await _claim(backfills) is not None


@pytest.mark.parametrize("field", ["lease_until", "compared_time"])
async def test_time_that_is_days_ahead_keeps_nobody_from_comparing(
    backfills: MongoBackfills, documents: Any, field: str
) -> None:
    await backfills.finish(await _claimed(backfills), compared=True)
    await _set(documents, **{"compared_time": _at(-3600), field: _at(3 * 24 * 3600)})

    assert await _claim(backfills, timedelta(minutes=5)) is not None


@pytest.mark.parametrize("moved", [None, _at(-120)])
async def test_watermark_never_moves_back(backfills: MongoBackfills, moved: datetime | None) -> None:
    lease = await _claimed(backfills)
    await backfills.advance(lease, _at(-60), LEASE)

    await backfills.advance(lease, moved, LEASE)
    await backfills.finish(lease, compared=True)

    assert (await _claimed(backfills)).watermark == _at(-60)


async def test_watermark_of_the_version_before_counts_until_there_is_one_that_is_certain(
    backfills: MongoBackfills, documents: Any
) -> None:
    await backfills.finish(await _claimed(backfills), compared=True)
    await _set(documents, watermark=_at(-60))
    lease = await _claimed(backfills)
    await backfills.advance(lease, _at(-30), LEASE)
    await backfills.finish(lease, compared=True)
    # Moved on by a clock that is ahead.
    await _set(documents, watermark=_at(3600))

    again = await _claimed(backfills)

    assert (lease.watermark, again.watermark) == (_at(-60), _at(-30))


async def test_what_stands_for_the_time_of_a_subscription_is_that_ones_alone(backfills: MongoBackfills) -> None:
    lease = await _claimed(backfills)
    await backfills.advance(lease, _at(3600), LEASE)
    await backfills.begin_at(lease, NUMBER, _at(-60))
    await backfills.finish(lease, compared=True)

    again = await _claimed(backfills)
    await backfills.finish(again, compared=True)
    subscribed_again = await _claimed(backfills, replace(NUMBER, subscribe_time=NOW))

    assert (again.watermark, again.begin) == (None, _at(-60))
    assert subscribed_again.begin is None


async def _status(backfills: MongoBackfills) -> NumberStatus:
    return (await backfills.statuses([NUMBER.key]))[NUMBER.key]


async def test_status_says_when_it_was_compared_and_what_went_wrong_since(backfills: MongoBackfills) -> None:
    assert await backfills.statuses([NUMBER.key]) == {}
    lease = await _claimed(backfills)
    met = await _status(backfills)
    assert met.known_time is not None
    named = ("default", "AC1", "+15550001000", NUMBER.subscribe_time)
    assert met == NumberStatus(*named, known_time=met.known_time)

    ahead = timedelta(minutes=20)
    await backfills.finish(lease, compared=True, trouble="", clock_ahead=ahead)
    first = await _status(backfills)
    assert first.compared_time is not None
    assert (first.trouble, first.clock_ahead) == ("", ahead)

    await backfills.finish(await _claimed(backfills), compared=False, trouble="TWILIO_UNAVAILABLE")
    assert await _status(backfills) == replace(first, trouble="TWILIO_UNAVAILABLE")


async def test_subscription_is_known_since_it_was_first_met(backfills: MongoBackfills, documents: Any) -> None:
    await backfills.finish(await _claimed(backfills), compared=True)
    await _set(documents, known_time=_at(-600))
    await backfills.finish(await _claimed(backfills), compared=True)
    before = await _status(backfills)

    again = replace(NUMBER, subscribe_time=NOW)
    await backfills.finish(await _claimed(backfills, again), compared=True)

    after = await _status(backfills)
    assert (before.since, before.known_time) == (NUMBER.subscribe_time, _at(-600))
    assert after.since == NOW
    assert after.known_time is not None
    assert after.known_time > _at(-600)


async def test_text_that_cannot_be_taken_in_is_counted_once_under_one_id(backfills: MongoBackfills) -> None:
    lease = await _claimed(backfills)

    assert await backfills.note_refused(lease, "SM1", "aud_1", NOW) == "aud_1"
    assert await backfills.note_refused(lease, "SM1", "aud_2", _at(1)) == "aud_1"
    assert await backfills.note_refused(lease, "SM2", "aud_3", _at(2)) == "aud_3"
    await backfills.refused_is_recorded(lease, "SM1")

    status = await _status(backfills)
    assert (status.refused, status.refused_sids, status.refused_time) == (2, ("SM1", "SM2"), _at(2))
    await backfills.finish(lease, compared=True)
    assert (await _claimed(backfills)).refused_sids == {"SM1"}


async def test_statuses_are_listed_by_organization_and_page(backfills: MongoBackfills) -> None:
    numbers = [SubscribedNumber("default", "AC1", f"+1555000100{i}", NOW) for i in range(3)]
    for number in (*numbers, SubscribedNumber("another", "AC2", "+15550009000", NOW)):
        await _claimed(backfills, number)

    first = await backfills.list_statuses("default", "", 2)
    rest = await backfills.list_statuses("default", first[-1].key, 2)

    assert (len(first), len(rest)) == (2, 1)
    # Their order says nothing.
    assert {status.phone_number for status in (*first, *rest)} == {number.phone_number for number in numbers}


async def test_how_far_a_version_before_has_compared_is_known(
    backfills: MongoBackfills, mongod: Mongod, database: str
) -> None:
    # It named the number by its account and itself.
    name = f"{NUMBER.account_sid}:{NUMBER.phone_number}"
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        known = {
            "_id": name,
            "lease_id": "lse_1",
            "lease_until": NOW,
            "watermark": NOW,
            "compared_time": NOW,
        }
        client[database]["backfills"].insert_one(known)

    lease = await _claimed(backfills)

    assert lease.watermark == NOW
    assert NUMBER.phone_number not in lease.key

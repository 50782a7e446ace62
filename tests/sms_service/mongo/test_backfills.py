"""Which replica compares which number, and how far it got. The whole: tests/e2e/failures/test_backfill.py."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pymongo
import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.domain.backfill_number import NumberStatus, SubscribedNumber
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


async def test_number_is_one_replicas_at_a_time(backfills: MongoBackfills) -> None:
    claims = await asyncio.gather(*(backfills.claim(NUMBER, NOW, NOW, NOW + LEASE) for _ in range(10)))

    assert sum(claim is not None for claim in claims) == 1
    assert await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE) is None


async def test_number_of_a_dead_replica_is_taken_over_where_it_was(backfills: MongoBackfills) -> None:
    dead = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert dead is not None
    await backfills.advance(dead, _at(-60), NOW + LEASE)

    after = NOW + LEASE
    taken_over = await backfills.claim(NUMBER, after, after, after + LEASE)

    assert taken_over is not None
    assert taken_over.watermark == _at(-60)
    assert not await backfills.advance(dead, _at(0), after + LEASE)
    await backfills.finish(dead, after)
    assert await backfills.claim(NUMBER, after, after, after + LEASE) is None


async def test_number_that_was_compared_just_now_is_left_alone_unless_asked_for(backfills: MongoBackfills) -> None:
    lease = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert lease is not None
    await backfills.finish(lease, NOW)

    assert await backfills.claim(NUMBER, _at(10), _at(10) - timedelta(seconds=30), _at(10) + LEASE) is None
    assert await backfills.claim(NUMBER, _at(10), _at(10), _at(10) + LEASE) is not None


@pytest.mark.parametrize("moved", [None, _at(-120)])
async def test_watermark_never_moves_back(backfills: MongoBackfills, moved: datetime | None) -> None:
    lease = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert lease is not None
    await backfills.advance(lease, _at(-60), NOW + LEASE)

    await backfills.advance(lease, moved, NOW + LEASE)
    await backfills.finish(lease, NOW)

    again = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert again is not None
    assert again.watermark == _at(-60)


async def _status(backfills: MongoBackfills) -> NumberStatus:
    return (await backfills.statuses([NUMBER.key]))[NUMBER.key]


async def test_status_says_when_it_was_compared_and_what_went_wrong_since(backfills: MongoBackfills) -> None:
    assert await backfills.statuses([NUMBER.key]) == {}
    lease = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert lease is not None
    assert await _status(backfills) == NumberStatus("default", "AC1", "+15550001000", NUMBER.subscribe_time)

    await backfills.finish(lease, _at(1), "")
    assert ((await _status(backfills)).compared_time, (await _status(backfills)).trouble) == (_at(1), "")

    again = await backfills.claim(NUMBER, _at(2), _at(2), _at(2) + LEASE)
    assert again is not None
    await backfills.finish(again, None, "TWILIO_UNAVAILABLE")
    assert ((await _status(backfills)).compared_time, (await _status(backfills)).trouble) == (
        _at(1),
        "TWILIO_UNAVAILABLE",
    )


async def test_text_that_cannot_be_taken_in_is_counted_once_under_one_id(backfills: MongoBackfills) -> None:
    lease = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert lease is not None

    assert await backfills.note_refused(lease, "SM1", "aud_1", NOW) == "aud_1"
    assert await backfills.note_refused(lease, "SM1", "aud_2", _at(1)) == "aud_1"
    assert await backfills.note_refused(lease, "SM2", "aud_3", _at(2)) == "aud_3"
    await backfills.refused_is_recorded(lease, "SM1")

    status = await _status(backfills)
    assert (status.refused, status.refused_sids, status.refused_time) == (2, ("SM1", "SM2"), _at(2))
    await backfills.finish(lease, NOW)
    again = await backfills.claim(NUMBER, NOW, NOW, NOW + LEASE)
    assert again is not None
    assert again.refused_sids == {"SM1"}


async def test_statuses_are_listed_by_organization_and_page(backfills: MongoBackfills) -> None:
    numbers = [SubscribedNumber("default", "AC1", f"+1555000100{i}", NOW) for i in range(3)]
    for number in (*numbers, SubscribedNumber("another", "AC2", "+15550009000", NOW)):
        await backfills.claim(number, NOW, NOW, NOW + LEASE)

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

    lease = await backfills.claim(NUMBER, _at(60), _at(60), _at(120))

    assert lease is not None
    assert lease.watermark == NOW
    assert NUMBER.phone_number not in lease.key

"""Which replica compares which number, and how far it got. The whole: tests/e2e/failures/test_backfill.py."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.mongo.backfills import MongoBackfills
from sms_service.mongo.store import MongoStore

NOW = utc_now().replace(microsecond=0)
LEASE = timedelta(minutes=2)
KEY = "AC1:+15550001000"


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest_asyncio.fixture
async def backfills(mongod: Mongod, database: str) -> AsyncIterator[MongoBackfills]:
    """An empty store."""
    store = MongoStore(mongod.uri, database)
    yield store.backfills
    store.close()


async def test_number_is_one_replicas_at_a_time(backfills: MongoBackfills) -> None:
    claims = await asyncio.gather(*(backfills.claim(KEY, NOW, NOW, NOW + LEASE) for _ in range(10)))

    assert sum(claim is not None for claim in claims) == 1
    assert await backfills.claim(KEY, NOW, NOW, NOW + LEASE) is None


async def test_number_of_a_dead_replica_is_taken_over_where_it_was(backfills: MongoBackfills) -> None:
    dead = await backfills.claim(KEY, NOW, NOW, NOW + LEASE)
    assert dead is not None
    await backfills.advance(dead, _at(-60), NOW + LEASE)

    after = NOW + LEASE
    taken_over = await backfills.claim(KEY, after, after, after + LEASE)

    assert taken_over is not None
    assert taken_over.watermark == _at(-60)
    assert not await backfills.advance(dead, _at(0), after + LEASE)
    await backfills.finish(dead, after)
    assert await backfills.claim(KEY, after, after, after + LEASE) is None


async def test_number_that_was_compared_just_now_is_left_alone_unless_asked_for(backfills: MongoBackfills) -> None:
    lease = await backfills.claim(KEY, NOW, NOW, NOW + LEASE)
    assert lease is not None
    await backfills.finish(lease, NOW)

    assert await backfills.claim(KEY, _at(10), _at(10) - timedelta(seconds=30), _at(10) + LEASE) is None
    assert await backfills.claim(KEY, _at(10), _at(10), _at(10) + LEASE) is not None


@pytest.mark.parametrize("moved", [None, _at(-120)])
async def test_watermark_never_moves_back(backfills: MongoBackfills, moved: datetime | None) -> None:
    lease = await backfills.claim(KEY, NOW, NOW, NOW + LEASE)
    assert lease is not None
    await backfills.advance(lease, _at(-60), NOW + LEASE)

    await backfills.advance(lease, moved, NOW + LEASE)
    await backfills.finish(lease, NOW)

    again = await backfills.claim(KEY, NOW, NOW, NOW + LEASE)
    assert again is not None
    assert again.watermark == _at(-60)

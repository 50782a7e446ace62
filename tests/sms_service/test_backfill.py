"""What of Twilio's log is missing, and who compares what. The whole: tests/e2e/failures/test_backfill.py."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.domain.backfill_number import missing_texts
from sms_service.domain.message import ReceivedMessage
from sms_service.mongo.backfills import MongoBackfills
from sms_service.mongo.store import MongoStore

NOW = utc_now().replace(microsecond=0)
LEASE = timedelta(minutes=2)
KEY = "AC1:+15550001000"


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _text(sid: str, seconds: float, customer: str = "+1") -> ReceivedMessage:
    return ReceivedMessage(sid, customer, "+2", sid, 0, _at(int(seconds)))


def _placed(received: list[ReceivedMessage], stored: dict[str, float]) -> list[tuple[str, float]]:
    found = missing_texts(received, {sid: _at(seconds) for sid, seconds in stored.items()})
    return [(text.message.sid, (text.message_time - NOW).total_seconds()) for text in found]


def test_what_is_stored_is_not_missing() -> None:
    assert _placed([_text("a", 1), _text("b", 2)], {"a": 1.2, "b": 2.2}) == []


def test_missing_text_stands_at_twilios_second() -> None:
    assert _placed([_text("a", 1), _text("b", 5), _text("c", 9)], {"a": 1.2, "c": 9.1}) == [("b", 5)]


def test_missing_text_of_the_same_second_stands_behind_the_one_before_it() -> None:
    """The one before came by webhook, and stands where it was stored: half a second into Twilio's second, or later."""
    assert _placed([_text("a", 5), _text("b", 5)], {"a": 5.7}) == [("b", 5.701)]


def test_missing_texts_of_one_second_keep_the_logs_order() -> None:
    placed = _placed([_text(sid, 5) for sid in "abc"], {})

    assert placed == [("a", 5), ("b", 5.001), ("c", 5.002)]


def test_another_customers_text_says_nothing_of_the_order() -> None:
    assert _placed([_text("a", 5, "+7"), _text("b", 5)], {"a": 5.7}) == [("b", 5)]


def test_text_that_was_stored_long_after_it_was_sent_says_nothing_of_the_order() -> None:
    assert _placed([_text("a", 5), _text("b", 6)], {"a": 500}) == [("b", 6)]


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

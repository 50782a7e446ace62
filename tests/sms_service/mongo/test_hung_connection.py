"""A connection that hangs while others go on: what comes later does not wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from servicekit.mongo.client_options import CLIENT_OPTIONS
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.deliveries import MongoDeliveries
from sms_service.mongo.sending_line import MongoSendingLine
from sms_service.mongo.stopped_senders import MongoStoppedSenders
from tests.servicekit.mongo.hanging_line import Line

KEY = SenderKey("AC1", "+15550001000")
NOW = utc_now()
# A connection that hangs does so for the whole test.
_OPTIONS = {**CLIENT_OPTIONS, "socketTimeoutMS": 300_000}


def _delivery(collection: Any) -> Callable[[], Awaitable[object]]:
    deliveries = MongoDeliveries(collection, timedelta(minutes=5))
    return lambda: deliveries.get("msg_1")


def _stopped(collection: Any) -> Callable[[], Awaitable[object]]:
    senders = MongoStoppedSenders(collection)
    return lambda: senders.stopped([KEY])


def _place(collection: Any) -> Callable[[], Awaitable[object]]:
    line = MongoSendingLine(collection)
    return lambda: line.book(KEY, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("asking", "collection"),
    [(_delivery, "deliveries"), (_stopped, "stopped_senders"), (_place, "sending_places")],
)
async def test_nobody_waits_for_a_connection_that_hangs(
    mongod: Mongod, database: str, asking: Callable[[Any], Callable[[], Awaitable[object]]], collection: str
) -> None:
    async with Line(mongod.port).open() as line:
        uri = f"mongodb://127.0.0.1:{line.port}/?directConnection=true"
        client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(uri, **_OPTIONS)
        ask = asking(client[database][collection])
        await ask()
        line.hanging = collection.encode()
        hanging = asyncio.ensure_future(ask())
        await asyncio.wait_for(line.hung.wait(), 90)

        await asyncio.wait_for(ask(), 90)

        assert not hanging.done()
        hanging.cancel()
        # It says goodbye over the line, which this loop carries.
        await asyncio.to_thread(client.close)

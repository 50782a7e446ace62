"""A process that dies inside a transaction must not keep what it wrote from everybody else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure

from dev.local_stack.mongod import Mongod
from servicekit.errors import KevaError
from servicekit.mongo.abandoned_transactions import (
    end_transactions,
    idle_transactions,
    keep_ending_abandoned_transactions,
)
from servicekit.mongo.client_options import CLIENT_OPTIONS
from servicekit.mongo.transactions import in_transaction


@pytest.fixture
async def client(mongod: Mongod) -> AsyncIterator[Any]:
    client: Any = AsyncIOMotorClient(mongod.uri, **CLIENT_OPTIONS)
    yield client
    client.close()


async def begin(client: Any, database: str) -> Any:
    """A session in a transaction that has written document 1 and does nothing more."""
    documents = client[database].documents
    await documents.update_one({"_id": 1}, {"$set": {"value": "before"}}, upsert=True)
    session = await client.start_session()
    session.start_transaction()
    await documents.update_one({"_id": 1}, {"$set": {"value": "never"}}, session=session)
    return session


async def write(client: Any, database: str) -> None:
    """Changes document 1 as services do."""

    async def work(session: Any) -> None:
        await client[database].documents.update_one({"_id": 1}, {"$set": {"value": "after"}}, session=session)

    await in_transaction(client, work)


async def end_all(client: Any, idle_seconds: float) -> int:
    """Ends what has been idle for so long; how many there were."""
    idle = await idle_transactions(client, idle_seconds)
    return await end_transactions(client, idle, idle)


async def test_others_can_write_what_an_abandoned_transaction_had_written(client: Any, database: str) -> None:
    await begin(client, database)

    assert await end_all(client, idle_seconds=0) >= 1

    await write(client, database)
    assert (await client[database].documents.find_one({"_id": 1}))["value"] == "after"


async def test_young_transaction_is_left_alone(client: Any, database: str) -> None:
    session = await begin(client, database)

    assert await end_all(client, idle_seconds=60) == 0

    await session.commit_transaction()
    assert (await client[database].documents.find_one({"_id": 1}))["value"] == "never"


async def test_transaction_that_was_not_idle_at_the_look_before_is_left_alone(client: Any, database: str) -> None:
    """After a moment in which the whole machine was frozen all of them look abandoned, and go on."""
    before = await idle_transactions(client, idle_seconds=0)
    session = await begin(client, database)

    assert await end_transactions(client, await idle_transactions(client, idle_seconds=0), before) == 0

    await session.commit_transaction()
    assert (await client[database].documents.find_one({"_id": 1}))["value"] == "never"


async def test_transaction_of_another_application_is_left_alone(mongod: Mongod, client: Any, database: str) -> None:
    other: Any = AsyncIOMotorClient(mongod.uri, appname="another")
    session = await begin(other, database)

    await end_all(client, idle_seconds=0)

    await session.commit_transaction()
    other.close()


async def test_replica_that_only_hung_is_told_to_begin_again(client: Any, database: str) -> None:
    session = await begin(client, database)
    await end_all(client, idle_seconds=0)

    with pytest.raises(OperationFailure) as late:
        await session.commit_transaction()

    assert late.value.has_error_label("TransientTransactionError")


async def test_loop_frees_it_without_help(client: Any, database: str) -> None:
    await begin(client, database)
    ending = asyncio.create_task(keep_ending_abandoned_transactions(client))

    async with asyncio.timeout(90):
        while (await client[database].documents.find_one({"_id": 1}))["value"] != "after":
            with contextlib.suppress(KevaError):
                await write(client, database)

    ending.cancel()

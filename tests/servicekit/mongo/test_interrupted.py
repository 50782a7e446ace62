"""Transactions that somebody else ends while they live: whoever hung for a moment is taken for dead. The server says so
by a code without a label."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from servicekit.errors import Unavailable
from servicekit.mongo.blocking_transactions import transact
from servicekit.mongo.client_options import CLIENT_OPTIONS
from servicekit.mongo.transactions import in_transaction

INTERRUPTED = 11601
Store = Callable[[Any, str], Awaitable[None]]


@pytest_asyncio.fixture(scope="module")
async def obedient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URI of a mongod that fails when it is told to."""
    folder: Path = tmp_path_factory.mktemp("obedient")
    port = free_port()
    mongod = await Mongod.start(folder, port, more_arguments=["--setParameter", "enableTestCommands=1"])
    yield mongod.uri
    await mongod.process.stop()


@pytest_asyncio.fixture
async def client(obedient: str) -> AsyncIterator[Any]:
    client: Any = AsyncIOMotorClient(obedient, **CLIENT_OPTIONS)
    await client.test.things.drop()
    yield client
    await client.admin.command("configureFailPoint", "failCommand", mode="off")
    client.close()


async def _fail(client: Any, command: str, times: int) -> None:
    data = {"failCommands": [command], "errorCode": INTERRUPTED, "appName": CLIENT_OPTIONS["appname"]}
    await client.admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)


async def _by_motor(client: Any, name: str) -> None:
    async def work(session: Any) -> None:
        await client.test.things.insert_one({"name": name}, session=session)

    await in_transaction(client, work)


async def _by_the_driver(client: Any, name: str) -> None:
    def work(session: Any) -> None:
        client.delegate.test.things.insert_one({"name": name}, session=session)

    transact(client.delegate, work)


async def _names(client: Any) -> list[str]:
    return [thing["name"] async for thing in client.test.things.find()]


@pytest.mark.parametrize("store", [_by_motor, _by_the_driver])
@pytest.mark.parametrize("times", [1, 2])
async def test_commit_that_was_interrupted_is_made_again(client: Any, store: Store, times: int) -> None:
    await _fail(client, "commitTransaction", times)

    await store(client, "mug")

    assert await _names(client) == ["mug"]


@pytest.mark.parametrize("store", [_by_motor, _by_the_driver])
async def test_commit_that_stays_unknown_is_said_to_be(client: Any, store: Store) -> None:
    await _fail(client, "commitTransaction", 50)

    with pytest.raises(Unavailable) as unknown:
        await store(client, "mug")

    assert unknown.value.reason == "STORE_UNAVAILABLE"
    assert "commit" in unknown.value.message


async def test_work_that_was_interrupted_is_run_again(client: Any) -> None:
    await _fail(client, "insert", 1)

    await _by_motor(client, "mug")

    assert await _names(client) == ["mug"]

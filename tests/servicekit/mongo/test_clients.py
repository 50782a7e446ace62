"""Whoever opened a client closes it."""

import pytest
from pymongo.errors import InvalidOperation

from dev.local_stack.mongod import Mongod
from servicekit.mongo.clients import Connection, new_client


async def test_client_of_its_own_ends_with_it(mongod: Mongod) -> None:
    connection = Connection(mongod.uri)
    await connection.client.admin.command("ping")

    connection.close()

    with pytest.raises(InvalidOperation, match="after close"):
        await connection.client.admin.command("ping")


async def test_shared_client_stays_open(mongod: Mongod) -> None:
    shared = new_client(mongod.uri)
    first, second = Connection(mongod.uri, shared), Connection(mongod.uri, shared)

    first.close()

    assert (await second.client.admin.command("ping"))["ok"]
    shared.close()

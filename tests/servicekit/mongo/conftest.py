"""A client of the test mongod, as the services open it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from servicekit.mongo.client_options import CLIENT_OPTIONS


@pytest.fixture
async def client(mongod: Mongod) -> AsyncIterator[Any]:
    """The client."""
    client: Any = AsyncIOMotorClient(mongod.uri, **CLIENT_OPTIONS)
    yield client
    client.close()


@pytest.fixture
async def things(client: Any, database: str) -> AsyncIterator[Any]:
    """A collection in which names are unique."""
    collection = client[database].things
    await collection.create_index("name", unique=True)
    yield collection
    await client.drop_database(database)

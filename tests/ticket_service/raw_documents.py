"""The database as somebody who has stolen it sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bson

from dev.local_stack.mongod import Mongod
from tests.mongo_clients import mongo_client


def documents(mongod: Mongod, database: str, collection: str, **query: Any) -> list[dict[str, Any]]:
    """A collection's documents."""
    with mongo_client(mongod.uri) as client:
        return list(client[database][collection].find(query))


def dump(mongod: Mongod, database: str) -> dict[str, bytes]:
    """All documents of each collection, in their raw form."""
    with mongo_client(mongod.uri) as client:
        names = client[database].list_collection_names()
        return {name: b"".join(map(bson.encode, client[database][name].find())) for name in names}


def found_in(dumped: dict[str, bytes], *texts: str) -> list[tuple[str, str]]:
    """Which of `texts` stand in which collection."""
    return [(name, text) for name, raw in dumped.items() for text in texts if text.encode() in raw]


@contextmanager
def changed(mongod: Mongod, database: str, collection: str) -> Iterator[Any]:
    """A collection, to change what an older version would have written in another way."""
    with mongo_client(mongod.uri) as client:
        yield client[database][collection]

"""Clients of a mongod: one that is opened for a single command costs more than most commands, so tests share one."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pymongo

Client = pymongo.MongoClient[dict[str, Any]]
_shared: dict[str, Client] = {}


@contextlib.contextmanager
def sharing(uri: str) -> Iterator[None]:
    """As long as the mongod of `uri` runs."""
    client: Client
    with pymongo.MongoClient(uri) as client:
        _shared[uri] = client
        yield
        del _shared[uri]


@contextlib.contextmanager
def mongo_client(uri: str) -> Iterator[Client]:
    """A client of that mongod, which is not the caller's to close."""
    if client := _shared.get(uri):
        yield client
        return
    own: Client
    with pymongo.MongoClient(uri) as own:
        yield own

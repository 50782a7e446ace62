"""Clients of a mongod: one that is opened for a single command costs more than most commands, so tests share one."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pymongo

from servicekit.mongo import clients

Client = pymongo.MongoClient[dict[str, Any]]
_shared: dict[str, Client] = {}
_of_services: dict[str, clients.Client] = {}


@contextlib.contextmanager
def sharing(uri: str) -> Iterator[None]:
    """As long as the mongod of `uri` runs."""
    client: Client
    with pymongo.MongoClient(uri) as client:
        _shared[uri], _of_services[uri] = client, clients.new_client(uri)
        yield
        del _shared[uri]
        _of_services.pop(uri).close()


def client_of_services(uri: str) -> clients.Client | None:
    """For services that a test starts in its own process: each would open nine connections for itself. None if the
    mongod of `uri` is a test's own."""
    return _of_services.get(uri)


@contextlib.contextmanager
def mongo_client(uri: str) -> Iterator[Client]:
    """A client of that mongod, which is not the caller's to close."""
    if client := _shared.get(uri):
        yield client
        return
    own: Client
    with pymongo.MongoClient(uri) as own:
        yield own

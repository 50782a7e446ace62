"""Databases that tests use one after the other: making one, with all its indexes, takes longer than most tests, and a
mongod with thousands of them is slow to do anything, to stop above all."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pymongo
from pymongo import WriteConcern
from pymongo.errors import PyMongoError

_SECONDS = 2.0


class Databases:
    """The databases of a test process. `use` gives one without a document, often one that was used before.

    Only those of the same `kind` share one: they have the same collections and indexes.
    """

    def __init__(self, uri: str) -> None:
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        self._free: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def use(self, kind: str) -> Iterator[str]:
        """A database's name. Whoever uses it may make further ones, whose names begin with that one."""
        free = self._free.setdefault(kind, [])
        name = free.pop() if free else f"keva_test_{uuid.uuid4().hex[:12]}"
        yield name
        if self._empty(name):
            free.append(name)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _empty(self, prefix: str) -> bool:
        """Empties what was used; False, and it is dropped, when it cannot be used again."""
        names = [name for name in self._client.list_database_names() if name.startswith(prefix)]
        try:
            # A transaction that was left open holds on to what it wrote for a minute: then others take another one.
            with pymongo.timeout(_SECONDS):
                if all(self._empty_one(name) for name in names):
                    return True
        except PyMongoError:
            return False
        for name in names:
            self._client.drop_database(name)
        return False

    def _empty_one(self, name: str) -> bool:
        collections = list(self._client[name].list_collections())
        # What was made with options, a validator or the profiler's log, is a test's own doing.
        if any(collection["options"] for collection in collections):
            return False
        for collection in self._with_documents(name, [collection["name"] for collection in collections]):
            self._client[name].get_collection(collection, write_concern=WriteConcern(w=1)).delete_many({})
        # What is acknowledged by a majority, so is all before it: one wait for the disk in place of many.
        self._client["keva_emptied"]["names"].replace_one({"_id": name}, {}, upsert=True)
        return True

    def _with_documents(self, name: str, collections: Sequence[str]) -> list[str]:
        """In one question: most tests write to few of them."""
        if not collections:
            return []
        first, *others = collections
        unions = [{"$unionWith": {"coll": other, "pipeline": _any_of(other)}} for other in others]
        return [str(found["_id"]) for found in self._client[name][first].aggregate([*_any_of(first), *unions])]


def _any_of(collection: str) -> list[dict[str, Any]]:
    """The stages that find the name of a collection, if it has a document."""
    return [{"$limit": 1}, {"$project": {"_id": {"$literal": collection}}}]

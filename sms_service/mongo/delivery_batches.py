"""What every message and every report of it costs, shared by those that come at the same time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bson.errors import BSONError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, WriteConcernError

from servicekit.gathering import Failed, Gatherer
from sms_service.mongo.trips import TRIPS

_DUPLICATE_KEY = 11000
# What the driver raises for a value that no document can hold, nothing being sent then, and for one that Python cannot.
_NOT_TO_BE_HELD = (BSONError, OverflowError, ValueError, TypeError)
Document = dict[str, Any]
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class _Update:
    which: Mapping[str, Any]
    changes: Mapping[str, Any]

    def is_in(self, document: Document | Failed | None) -> bool:
        """Whether the record is as this update would make it. MongoDB keeps fewer digits of times."""
        return isinstance(document, dict) and all(
            document.get(name) == value for name, value in self.changes.items() if not isinstance(value, datetime)
        )


class DeliveryBatches:
    """Reads and writes delivery records. What arrives while one is on its way is read or written together by the
    next."""

    def __init__(self, deliveries: Any) -> None:
        self._deliveries = deliveries
        self._reads: Gatherer[str, Document | None] = Gatherer(self._read, **TRIPS)
        self._inserts: Gatherer[Document, bool] = Gatherer(self._insert, **TRIPS)
        self._updates: Gatherer[_Update, bool] = Gatherer(self._update, **TRIPS)

    async def get(self, message_id: str) -> Document | None:
        """The record, if there is one. Raises as `insert` does."""
        return await self._reads.submit(message_id)

    async def insert(self, document: Document) -> bool:
        """Inserts a record; False when there is one with its id. Raises Unavailable OVERLOADED, and the driver's own
        errors."""
        return await self._inserts.submit(document)

    async def update(self, which: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
        """Changes the record with the `_id` in `which`. False: none is like that any more, or another has the same
        message_sid. Raises as `insert` does."""
        return await self._updates.submit(_Update(which, changes))

    async def _read(self, message_ids: list[str]) -> list[Document | Failed | None]:
        try:
            found = await self._deliveries.find({"_id": {"$in": message_ids}}).to_list(None)
        except _NOT_TO_BE_HELD as error:
            return await _one_by_one(self._read, message_ids, error)
        by_id = {document["_id"]: document for document in found}
        return [by_id.get(message_id) for message_id in message_ids]

    async def _insert(self, documents: list[Document]) -> list[bool | Failed]:
        try:
            await self._deliveries.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failed = _failed(error)
            return [failed.get(number, True) for number in range(len(documents))]
        except _NOT_TO_BE_HELD as error:
            return await _one_by_one(self._insert, documents, error)
        return [True] * len(documents)

    async def _update(self, updates: list[_Update]) -> list[bool | Failed]:
        writes = [UpdateOne(update.which, {"$set": update.changes}) for update in updates]
        failed: Mapping[int, bool | Failed] = {}
        try:
            if (await self._deliveries.bulk_write(writes, ordered=False)).matched_count == len(writes):
                return [True] * len(writes)
        except BulkWriteError as error:
            failed = _failed(error)
        except _NOT_TO_BE_HELD as error:
            return await _one_by_one(self._update, updates, error)
        # MongoDB says how many were changed, not which.
        now = await self._read([update.which["_id"] for update in updates])
        return [failed.get(number, update.is_in(now[number])) for number, update in enumerate(updates)]


async def _one_by_one(
    travel: Callable[[list[Item]], Awaitable[list[Outcome | Failed]]], items: list[Item], error: Exception
) -> list[Outcome | Failed]:
    """What cannot be held fails alone."""
    if len(items) == 1:
        return [Failed(error)]
    return [outcome for one in items for outcome in await travel([one])]


def _failed(error: BulkWriteError) -> dict[int, bool | Failed]:
    """What came of the writes that failed, by their number: False for those that met others with the same key. Raises
    what went wrong with all of them."""
    for concern in error.details.get("writeConcernErrors", []):
        raise WriteConcernError(concern.get("errmsg", ""), concern.get("code"))
    failed = error.details.get("writeErrors", [])
    return {one["index"]: one["code"] != _DUPLICATE_KEY and Failed(error) for one in failed}

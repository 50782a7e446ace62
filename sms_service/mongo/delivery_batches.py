"""The two writes that every message costs, shared by those that are sent at the same time."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bson.errors import BSONError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, WriteConcernError

from servicekit.gathering import Failed, Gatherer

_DUPLICATE_KEY = 11000
_MOST_PER_WRITE = 100
# What the driver raises for a value that no document can hold; nothing was sent then.
_NOT_TO_BE_HELD = (BSONError, OverflowError, UnicodeError, TypeError)
Document = dict[str, Any]
Write = TypeVar("Write")


class DeliveryBatches:
    """Writes of delivery records. What arrives while one is on its way is written together by the next."""

    def __init__(self, deliveries: Any) -> None:
        self._deliveries = deliveries
        self._inserts: Gatherer[Document, bool] = Gatherer(self._insert, _MOST_PER_WRITE)
        self._updates: Gatherer[UpdateOne, bool] = Gatherer(self._update, _MOST_PER_WRITE)

    async def insert(self, document: Document) -> bool:
        """Inserts a record; False when there is one with its id. Raises Unavailable OVERLOADED, and the driver's own
        errors."""
        return await self._inserts.submit(document)

    async def update(self, which: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
        """Changes the record. False: perhaps it was not changed, be it that none is like that any more, or that another
        of the same batch was not. Raises as `insert` does."""
        return await self._updates.submit(UpdateOne(which, {"$set": changes}))

    async def _insert(self, documents: list[Document]) -> list[bool | Failed]:
        try:
            await self._deliveries.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failed = _failed(error)
            return [failed.get(number, True) for number in range(len(documents))]
        except _NOT_TO_BE_HELD as error:
            return await _one_by_one(self._insert, documents, error)
        return [True] * len(documents)

    async def _update(self, writes: list[UpdateOne]) -> list[bool | Failed]:
        try:
            written = await self._deliveries.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            failed = _failed(error)
            return [failed.get(number, False) for number in range(len(writes))]
        except _NOT_TO_BE_HELD as error:
            return await _one_by_one(self._update, writes, error)
        return [written.matched_count == len(writes)] * len(writes)


async def _one_by_one(
    write: Callable[[list[Write]], Awaitable[list[bool | Failed]]], writes: list[Write], error: Exception
) -> list[bool | Failed]:
    """What cannot be held fails alone."""
    if len(writes) == 1:
        return [Failed(error)]
    return [outcome for one in writes for outcome in await write([one])]


def _failed(error: BulkWriteError) -> dict[int, bool | Failed]:
    """What came of the writes that failed, by their number: False for those that met others with the same key. Raises
    what went wrong with all of them."""
    for concern in error.details.get("writeConcernErrors", []):
        raise WriteConcernError(concern.get("errmsg", ""), concern.get("code"))
    failed = error.details.get("writeErrors", [])
    return {one["index"]: one["code"] != _DUPLICATE_KEY and Failed(error) for one in failed}

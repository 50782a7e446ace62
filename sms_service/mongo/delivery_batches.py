"""The two writes that every message costs, shared by those that are sent at the same time."""

from collections.abc import Mapping
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, WriteConcernError

from servicekit.gathering import Gatherer

_DUPLICATE_KEY = 11000
_MOST_PER_WRITE = 100
Document = dict[str, Any]


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

    async def _insert(self, documents: list[Document]) -> list[bool]:
        try:
            await self._deliveries.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            known = _duplicates(error)
            return [number not in known for number in range(len(documents))]
        return [True] * len(documents)

    async def _update(self, writes: list[UpdateOne]) -> list[bool]:
        try:
            written = await self._deliveries.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            _duplicates(error)
            return [False] * len(writes)
        return [written.matched_count == len(writes)] * len(writes)


def _duplicates(error: BulkWriteError) -> set[int]:
    """Which of the documents met others with the same key. Raises what else went wrong."""
    for concern in error.details.get("writeConcernErrors", []):
        raise WriteConcernError(concern.get("errmsg", ""), concern.get("code"))
    failed = error.details.get("writeErrors", [])
    if any(one["code"] != _DUPLICATE_KEY for one in failed):
        raise error
    return {one["index"] for one in failed}

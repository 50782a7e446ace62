"""Attempts to sign in, and browsers that have, as documents: hashes are the `_id`."""

from datetime import datetime
from typing import Any

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from console.sign_in.limits import FORGOTTEN_AFTER, Attempts

Document = dict[str, Any]
_EXPIRED = IndexModel([("expire_time", 1)], name="expired", expireAfterSeconds=0)


class MongoAttempts:
    """Implements limits.AttemptStore."""

    def __init__(self, database: Any) -> None:
        self._attempts = database["sign_in_attempts"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._attempts.create_indexes([_EXPIRED])

    async def get(self, key: str) -> Attempts | None:
        document = await self._attempts.find_one({"_id": key})
        return Attempts(document["count"], document["last_time"]) if document else None

    async def replace(self, key: str, before: Attempts | None, after: Attempts) -> bool:
        values = _document(after)
        if before is None:
            try:
                await self._attempts.insert_one({"_id": key, **values})
            except DuplicateKeyError:
                return False
            return True
        query = {"_id": key, "count": before.count, "last_time": before.last_time}
        return bool((await self._attempts.replace_one(query, values)).matched_count)

    async def take_back(self, key: str) -> None:
        await self._attempts.update_one({"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})

    async def forget(self, key: str) -> None:
        await self._attempts.delete_one({"_id": key})


class MongoKnownBrowsers:
    """Implements limits.KnownBrowserStore."""

    def __init__(self, database: Any) -> None:
        self._browsers = database["known_browsers"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._browsers.create_indexes([_EXPIRED])

    async def is_known(self, key: str) -> bool:
        return await self._browsers.find_one({"_id": key}, {"_id": 1}) is not None

    async def remember(self, key: str, expire_time: datetime) -> None:
        await self._browsers.replace_one({"_id": key}, {"expire_time": expire_time}, upsert=True)


def _document(attempts: Attempts) -> Document:
    return {
        "count": attempts.count,
        "last_time": attempts.last_time,
        "expire_time": attempts.last_time + FORGOTTEN_AFTER,
    }

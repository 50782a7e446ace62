"""TagStore on MongoDB. Which tags there are, and how many tickets have one, stands in an index."""

import asyncio

from ticket_service.domain.work.tags import TagCount
from ticket_service.mongo.database import Database

_MOST_COUNTED = 1000
_COUNTS_AT_ONCE = 10


class MongoTags:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_tags(self, workspace_id: str, after: str, limit: int) -> list[TagCount]:
        tagged = {"workspace_id": workspace_id, "tags": {"$gt": after}}
        # All tags of a ticket that has one of those: the others were on the pages before.
        tags = sorted(tag for tag in await self._db.tickets.distinct("tags", tagged) if tag > after)
        turn = asyncio.Semaphore(_COUNTS_AT_ONCE)

        async def counted(tag: str) -> TagCount:
            async with turn:
                with_it = {"workspace_id": workspace_id, "tags": tag}
                return TagCount(tag, await self._db.tickets.count_documents(with_it, limit=_MOST_COUNTED))

        return await asyncio.gather(*map(counted, tags[:limit]))

"""TagStore on MongoDB. Which tags there are, and how many tickets have one, stands in an index: no ticket is read."""

import asyncio

from ticket_service.domain.work.tags import TagCount, other_spellings
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.indexes import TAG

_MOST_COUNTED = 1000
_COUNTS_AT_ONCE = 10


class MongoTags:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def known_spelling(self, workspace_id: str, tag: str) -> str:
        for spelling in (tag, *other_spellings(tag)):
            with_it = {"workspace_id": workspace_id, "tags": spelling}
            if await self._db.tickets.find(with_it, return_key=True, hint=TAG).limit(1).to_list(1):
                return spelling
        return tag

    async def list_tags(self, workspace_id: str, after: str, limit: int) -> list[TagCount]:
        tags: list[str] = []
        while len(tags) < limit and (tag := await self._next(workspace_id, tags[-1] if tags else after)):
            tags.append(tag)
        turn = asyncio.Semaphore(_COUNTS_AT_ONCE)

        async def counted(tag: str) -> TagCount:
            async with turn:
                with_it = {"workspace_id": workspace_id, "tags": tag}
                count = self._db.tickets.count_documents(with_it, limit=_MOST_COUNTED, hint=TAG)
                return TagCount(tag, await count)

        return await asyncio.gather(*map(counted, tags))

    async def _next(self, workspace_id: str, after: str) -> str:
        """The first tag behind that one; empty when there is none. `distinct` would read every ticket with a tag."""
        behind = {"workspace_id": workspace_id, "tags": {"$gt": after}}
        keys = self._db.tickets.find(behind, return_key=True, hint=TAG).limit(1)
        return next((str(key["tags"]) for key in await keys.to_list(1)), "")

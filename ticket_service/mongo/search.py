"""SearchStore on MongoDB.

Messages have their words in an index. What few messages have is looked up there, and put in order here. A word that
many have is looked for the other way round: in the newest tickets first, until a page is full. So a page costs much
the same whatever is looked for, and however many tickets there are.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import OperationFailure

from ticket_service.domain.search.found import Found
from ticket_service.domain.search.words import words_of
from ticket_service.domain.ticket import TicketFilter
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import OLD_WORDS_INDEX, WORDS, WORDS_INDEX
from ticket_service.mongo.ticket_documents import ticket_from_document
from ticket_service.mongo.tickets import ticket_query

# Of a long query so many words are counted, the longest first: they are the rarest, as a rule.
_COUNTED = 5
_NONE_YET = {"$exists": False}
_INDEX_NOT_FOUND = 27


class MongoSearch:
    """A word that no more than `few` messages have is looked up; one of more is looked for in tickets, in `step` at a
    time and in `most_tickets` for a page."""

    def __init__(self, database: Database, few: int = 2000, most_tickets: int = 3000, step: int = 100) -> None:
        self._db = database
        self._few = few
        self._most_tickets = most_tickets
        self._step = step

    async def search_tickets(self, tickets: TicketFilter, beginnings: Sequence[str], limit: int) -> Found:
        rarest, count = await self._rarest(tickets.workspace_id, beginnings)
        if count <= self._few:
            return await self._of_few(tickets, [rarest, *beginnings], limit)
        return await self._of_many(tickets, beginnings, limit)

    async def _rarest(self, workspace_id: str, beginnings: Sequence[str]) -> tuple[str, int]:
        asked = sorted(beginnings, key=len, reverse=True)[:_COUNTED]
        counts = await asyncio.gather(*(self._count(workspace_id, beginning) for beginning in asked))
        return min(zip(asked, counts, strict=True), key=lambda found: found[1])

    async def _count(self, workspace_id: str, beginning: str) -> int:
        query = {"workspace_id": workspace_id, **_having(beginning)}
        return int(await self._db.messages.count_documents(query, hint=WORDS_INDEX, limit=self._few + 1))

    async def _of_few(self, tickets: TicketFilter, beginnings: Sequence[str], limit: int) -> Found:
        """The rarest is the first of `beginnings`."""
        first, *others = beginnings
        query = {
            "workspace_id": tickets.workspace_id,
            **_having(first),
            "$and": [_having(beginning) for beginning in others],
            "ticket_id": {"$gt": "", **({"$lt": tickets.before} if tickets.before else {})},
        }
        messages = self._db.messages.find(query, {"ticket_id": 1}).hint(WORDS_INDEX)
        ids = sorted({message["ticket_id"] async for message in messages}, reverse=True)
        found: list[Document] = []
        for begin in range(0, len(ids), self._step):
            query = {**ticket_query(tickets), "_id": {"$in": ids[begin : begin + self._step]}}
            found += await self._db.tickets.find(query).sort("_id", -1).to_list(None)
            if len(found) > limit:
                return _page(found[:limit], str(found[limit - 1]["_id"]))
        return _page(found, "")

    async def _of_many(self, tickets: TicketFilter, beginnings: Sequence[str], limit: int) -> Found:
        query, found = ticket_query(tickets), list[Document]()
        for _ in range(0, self._most_tickets, self._step):
            step = await self._db.tickets.find(query).sort("_id", -1).limit(self._step).to_list(None)
            having = await self._having_all([ticket["_id"] for ticket in step], beginnings)
            found += [ticket for ticket in step if ticket["_id"] in having]
            if len(found) > limit:
                return _page(found[:limit], str(found[limit - 1]["_id"]))
            if len(step) < self._step:
                return _page(found, "")
            query["_id"] = {"$lt": step[-1]["_id"]}
        return _page(found, str(query["_id"]["$lt"]))

    async def _having_all(self, ticket_ids: Sequence[str], beginnings: Sequence[str]) -> set[str]:
        query = {"ticket_id": {"$in": ticket_ids}, "$and": [_having(beginning) for beginning in beginnings]}
        messages = self._db.messages.find(query, {"ticket_id": 1}).hint("conversation")
        return {message["ticket_id"] async for message in messages}

    async def index_words(self, limit: int) -> int:
        workspaces = [workspace["_id"] async for workspace in self._db.workspaces.find({}, {"_id": 1}).hint("_id_")]
        without = {"workspace_id": {"$in": workspaces}, WORDS: _NONE_YET}
        found = await self._db.messages.find(without, {"text": 1}).hint(WORDS_INDEX).limit(limit).to_list(None)
        if found:
            # One that is erased meanwhile has no words any more.
            await self._db.messages.bulk_write(
                [UpdateOne({"_id": m["_id"], WORDS: _NONE_YET}, {"$set": {WORDS: words_of(m["text"])}}) for m in found],
                ordered=False,
            )
        return len(found)

    async def drop_old_index(self) -> None:
        try:
            await self._db.messages.drop_index(OLD_WORDS_INDEX)
        except OperationFailure as error:
            if error.code != _INDEX_NOT_FOUND:
                raise


def _having(beginning: str) -> dict[str, Any]:
    """Letters and digits alone mean nothing to a regular expression; one that begins with ^ is answered by an index."""
    return {WORDS: {"$regex": f"^{beginning}"}}


def _page(documents: Sequence[Document], before: str) -> Found:
    return Found([ticket_from_document(document) for document in documents], before)

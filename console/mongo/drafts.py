"""Drafts as documents: one per agent, ticket and kind. It also says which save was the last one, and which boxes were
sent: that stays for an hour when the draft has gone, without its text."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from console.drafts.draft import Draft, Save
from console.mongo.reading import entity_from
from servicekit.mongo.readable import readable

Document = dict[str, Any]
# A draft may quote a customer: nobody keeps it for longer than somebody may come back to it.
_KEPT_FOR = timedelta(days=30)
# No save is on its way for longer.
_MARKED_FOR = timedelta(hours=1)
_MOST_SENT = 20
_NAMES = frozenset(field.name for field in fields(Draft))
# What has no such time is what was left of one.
_IS_DRAFT = {"update_time": {"$type": "date"}}


class MongoDrafts:
    """Implements draft.DraftStore."""

    def __init__(self, database: Any) -> None:
        self._drafts = database["drafts"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._drafts.create_indexes(
            [
                IndexModel([("agent_id", 1), ("ticket_id", 1)], name="on_ticket"),
                IndexModel([("agent_id", 1), ("update_time", 1)], name="of_agent"),
                IndexModel([("organization_id", 1), ("update_time", 1)], name="of_organization"),
                IndexModel([("ticket_id", 1)], name="of_everybody"),
                IndexModel([("update_time", 1)], name="old", expireAfterSeconds=int(_KEPT_FOR.total_seconds())),
                IndexModel([("mark_time", 1)], name="marks", expireAfterSeconds=int(_MARKED_FOR.total_seconds())),
            ]
        )

    async def put(self, draft: Draft, save: Save) -> None:
        await self._change(
            _id(draft.agent_id, draft.ticket_id, draft.kind),
            save,
            {"$set": {**asdict(draft), "saved": asdict(save)}, "$unset": {"mark_time": ""}},
        )

    async def remove(self, agent_id: str, ticket_id: str, kind: str, save: Save) -> None:
        await self._change(_id(agent_id, ticket_id, kind), save, _emptied(ticket_id, save))

    async def end(self, agent_id: str, ticket_id: str, kind: str, request_id: str, number: int = 0) -> None:
        sent = {"$push": {"sent": {"$each": [request_id], "$slice": -_MOST_SENT}}}
        wanted: Document = {"_id": _id(agent_id, ticket_id, kind)}
        newer = {"saved.request_id": {"$ne": request_id}, "saved.number": {"$gt": number}}
        emptied, not_newer = {**_emptied(ticket_id, Save()), **sent}, wanted | ({"$nor": [newer]} if number else {})
        try:
            await self._drafts.update_one(not_newer, emptied, upsert=True)
        except DuplicateKeyError:
            # It is newer, or another save has made it a moment ago.
            if not (await self._drafts.update_one(not_newer, emptied)).matched_count:
                await self._drafts.update_one(wanted, sent)

    async def _change(self, draft_id: str, save: Save, change: Document) -> None:
        """Nothing, by a save that comes too late: then the document is there, and not among those that are wanted."""
        wanted: Document = {"_id": draft_id}
        if save.request_id:
            overtaken = {"saved.request_id": save.request_id, "saved.number": {"$gte": save.number}}
            wanted |= {"sent": {"$ne": save.request_id}, "$nor": [overtaken]}
        try:
            await self._drafts.update_one(wanted, change, upsert=True)
        except DuplicateKeyError:
            # Or another save has made it a moment ago.
            await self._drafts.update_one(wanted, change)

    async def remove_of_tickets(self, ticket_ids: Sequence[str]) -> None:
        if ticket_ids:
            await self._drafts.delete_many({"ticket_id": {"$in": list(ticket_ids)}})

    async def oldest(self) -> Mapping[str, datetime]:
        grouped = self._drafts.aggregate(
            [{"$match": _IS_DRAFT}, {"$group": {"_id": "$organization_id", "oldest": {"$min": "$update_time"}}}],
            hint="of_organization",
        )
        return {document["_id"]: document["oldest"] async for document in grouped}

    async def of_ticket(self, agent_id: str, ticket_id: str) -> Sequence[Draft]:
        found = await self._drafts.find({"agent_id": agent_id, "ticket_id": ticket_id, **_IS_DRAFT}).to_list(None)
        return readable(found, _draft, "draft")

    async def of_agent(self, agent_id: str, limit: int) -> Sequence[Draft]:
        newest = self._drafts.find({"agent_id": agent_id, **_IS_DRAFT}).sort("update_time", -1).limit(limit)
        return readable(reversed(await newest.to_list(None)), _draft, "draft")


def _id(agent_id: str, ticket_id: str, kind: str) -> str:
    return f"{agent_id} {ticket_id} {kind}"


def _emptied(ticket_id: str, save: Save) -> Document:
    """Nothing is left of the draft but what later saves are compared with, and whose ticket it is."""
    return {
        "$set": {"ticket_id": ticket_id, "saved": asdict(save)},
        "$currentDate": {"mark_time": True},
        "$unset": dict.fromkeys(_NAMES - {"ticket_id"}, ""),
    }


def _draft(document: Document) -> Draft:
    return entity_from(Draft, document)

"""Drafts as documents: one per agent, ticket and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pymongo import IndexModel

from console.drafts.draft import Draft

Document = dict[str, Any]
# A draft may quote a customer: nobody keeps it for longer than somebody may come back to it.
_KEPT_FOR = timedelta(days=30)


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
            ]
        )

    async def put(self, draft: Draft) -> None:
        await self._drafts.replace_one(
            {"_id": _id(draft.agent_id, draft.ticket_id, draft.kind)}, asdict(draft), upsert=True
        )

    async def remove(self, agent_id: str, ticket_id: str, kind: str) -> None:
        await self._drafts.delete_one({"_id": _id(agent_id, ticket_id, kind)})

    async def remove_of_tickets(self, ticket_ids: Sequence[str]) -> None:
        if ticket_ids:
            await self._drafts.delete_many({"ticket_id": {"$in": list(ticket_ids)}})

    async def oldest(self) -> Mapping[str, datetime]:
        grouped = self._drafts.aggregate(
            [{"$group": {"_id": "$organization_id", "oldest": {"$min": "$update_time"}}}], hint="of_organization"
        )
        return {document["_id"]: document["oldest"] async for document in grouped}

    async def of_ticket(self, agent_id: str, ticket_id: str) -> Sequence[Draft]:
        found = await self._drafts.find({"agent_id": agent_id, "ticket_id": ticket_id}).to_list(None)
        return [_draft(document) for document in found]

    async def of_agent(self, agent_id: str, limit: int) -> Sequence[Draft]:
        newest = self._drafts.find({"agent_id": agent_id}).sort("update_time", -1).limit(limit)
        return [_draft(document) for document in reversed(await newest.to_list(None))]


def _id(agent_id: str, ticket_id: str, kind: str) -> str:
    return f"{agent_id} {ticket_id} {kind}"


def _draft(document: Document) -> Draft:
    return Draft(**{name: value for name, value in document.items() if name != "_id"})

"""AiTurnStore on MongoDB. A turn is a document while the AI owes an answer; its lease is two fields of it."""

from datetime import datetime

from pymongo import ReturnDocument

from servicekit.ids import new_id
from ticket_service.domain.ai_turn import AiTurn
from ticket_service.domain.ticket import THE_AI, TicketState
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database

_MOST_ADOPTED = 1000


class MongoAiTurns:
    """See store.AiTurnStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim_turn(self, now: datetime, lease_until: datetime) -> AiTurn | None:
        """See store.AiTurnStore."""
        document = await self._db.ai_turns.find_one_and_update(
            {"lease_until": {"$lte": now}, "$or": [{"due": {"$lte": now}}, {"latest": {"$lte": now}}]},
            {"$set": {"lease_until": lease_until, "lease_id": new_id("lse")}},
            sort=[("due", 1), ("_id", 1)],
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            return None
        return AiTurn(
            ticket_id=document["_id"],
            workspace_id=document["workspace_id"],
            version=document["version"],
            lease_id=document["lease_id"],
            failing_since=document.get("failing_since"),
        )

    async def release_turn(self, turn: AiTurn, due: datetime, latest: datetime, failing_since: datetime | None) -> None:
        """See store.AiTurnStore."""
        mine = {"_id": turn.ticket_id, "lease_id": turn.lease_id}
        free = {"lease_until": documents.NEVER, "lease_id": "", "failing_since": failing_since}
        same = await self._db.ai_turns.update_one(
            {**mine, "version": turn.version}, {"$set": {**free, "due": due, "latest": due}}
        )
        if not same.matched_count:
            await self._db.ai_turns.update_one(mine, {"$set": {**free, "latest": latest}})

    async def adopt_tickets(self, untouched_since: datetime, now: datetime) -> int:
        """See store.AiTurnStore."""
        waiting = {"assignee": documents.from_assignee(THE_AI), "state": TicketState.OPEN.value}
        turn = {"from": "ai_turns", "localField": "_id", "foreignField": "_id", "as": "turn"}
        found = await self._db.tickets.aggregate(
            [
                {"$match": {**waiting, "update_time": {"$lt": untouched_since}}},
                {"$lookup": turn},
                {"$match": {"turn": []}},
                {"$limit": _MOST_ADOPTED},
                {"$project": {"workspace_id": 1}},
            ]
        ).to_list(None)
        for ticket in found:
            fields = {"workspace_id": ticket["workspace_id"], "version": new_id("trn"), "due": now, "latest": now}
            free = {"lease_until": documents.NEVER, "lease_id": ""}
            # One that has been started since is left as it is.
            await self._db.ai_turns.update_one(
                {"_id": ticket["_id"]}, {"$setOnInsert": {**fields, **free}}, upsert=True
            )
        return len(found)

    async def finish_turn(self, turn: AiTurn) -> None:
        """See store.AiTurnStore."""
        await self._db.ai_turns.delete_one({"_id": turn.ticket_id, "version": turn.version})

"""AiTurnStore on MongoDB. A turn is a document while the AI owes an answer; its lease is two fields of it."""

from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel, UpdateOne

from servicekit.ids import new_id
from servicekit.mongo import leases
from ticket_service.domain.ai_turn import AiTurn, TurnStart
from ticket_service.domain.ticket import THE_AI, Ticket, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.indexes import ASSIGNEE as ASSIGNEE_INDEX
from ticket_service.mongo.mapper import KEY, Mapper
from ticket_service.mongo.ticket_documents import assignee_to_document

INDEXES = [IndexModel([("lease_until", ASCENDING), ("due", ASCENDING)], name="due")]
_TURNS = Mapper(AiTurn, ticket_id=KEY)
_FREE = {"lease_until": leases.FREE, "lease_id": ""}

_MOST_ADOPTED = 1000
# Longer than a turn waits for a greeting's question, or to be tried again.
_LONGEST_WAIT = timedelta(hours=2)


class MongoAiTurns:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim_turn(self, now: datetime, lease_until: datetime) -> AiTurn | None:
        document = await leases.claim(
            self._db.ai_turns,
            "lease_until",
            now,
            lease_until,
            where={
                "$or": [
                    {"due": {"$lte": now}},
                    {"latest": {"$lte": now}},
                    leases.impossible("due", now, _LONGEST_WAIT),
                ]
            },
            order=("due", "_id"),
            also={"lease_id": new_id("lse")},
        )
        return _TURNS.from_document(document) if document else None

    async def release_turn(
        self, turn: AiTurn, due: datetime, latest: datetime, failing_since: datetime | None, greeted: bool = False
    ) -> None:
        mine = {"_id": turn.ticket_id, "lease_id": turn.lease_id}
        free = {**_FREE, "failing_since": failing_since}
        again = {"due": due, "latest": due, "greeted": turn.version if greeted else turn.greeted}
        same = await self._db.ai_turns.update_one({**mine, "version": turn.version}, {"$set": {**free, **again}})
        if not same.matched_count:
            await self._db.ai_turns.update_one(mine, {"$set": {**free, "latest": latest}})

    async def adopt_tickets(self, untouched_since: datetime, now: datetime) -> int:
        workspaces = [workspace["_id"] async for workspace in self._db.workspaces.find({}, {"_id": 1}).hint("_id_")]
        waiting = {
            "workspace_id": {"$in": workspaces},
            "assignee": assignee_to_document(THE_AI),
            "state": TicketState.OPEN.value,
        }
        turn = {"from": "ai_turns", "localField": "_id", "foreignField": "_id", "as": "turn"}
        found = await self._db.tickets.aggregate(
            [
                {"$match": {**waiting, "update_time": {"$lt": untouched_since}}},
                {"$lookup": turn},
                {"$match": {"turn": []}},
                {"$limit": _MOST_ADOPTED},
                {"$project": {"workspace_id": 1}},
            ],
            hint=ASSIGNEE_INDEX,
        ).to_list(None)
        for ticket in found:
            fields = {"workspace_id": ticket["workspace_id"], "version": new_id("trn"), "due": now, "latest": now}
            # One that has been started since is left as it is.
            await self._db.ai_turns.update_one(
                {"_id": ticket["_id"]}, {"$setOnInsert": {**fields, **_FREE}}, upsert=True
            )
        return len(found)

    async def finish_turn(self, turn: AiTurn) -> None:
        await self._db.ai_turns.delete_one({"_id": turn.ticket_id, "version": turn.version})


def start_of_turn(ticket: Ticket, start: TurnStart) -> UpdateOne:
    """Starts the AI's turn on a ticket, or delays one that is there. Whoever is thinking about an earlier version keeps
    the lease, so that nobody thinks beside it."""
    return UpdateOne(
        {"_id": ticket.ticket_id},
        {
            "$set": {"workspace_id": ticket.workspace_id, "version": new_id("trn"), "due": start.due},
            # It was later where a greeting was waited for.
            "$min": {"latest": start.latest},
            "$setOnInsert": _FREE,
        },
        upsert=True,
    )

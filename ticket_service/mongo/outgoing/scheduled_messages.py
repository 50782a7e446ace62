"""ScheduledMessageStore on MongoDB. `schedule_due` is what is waited for, and also a lease; the outbox knows nothing of
a message before it leaves, so that replicas of a version that cannot send later never send it early."""

from datetime import datetime

from pymongo import ASCENDING

from servicekit.ids import new_id
from servicekit.mongo.leases import FREE
from servicekit.mongo.readable import UnreadableError, first_readable, readable
from ticket_service.domain.message import DeliveryState, Message
from ticket_service.domain.outgoing.due_messages import DueMessage, DueMessages
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import SCHEDULE_FIELDS, WAITS_FOR_ITS_TIME, message_from_document

_WAITS: Document = {"schedule_due": {"$gte": FREE}}
_ORDER = [("schedule_due", ASCENDING), ("_id", ASCENDING)]


class MongoScheduledMessages:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_scheduled(self, workspace_id: str, after: tuple[datetime, str] | None, limit: int) -> list[Message]:
        query: Document = {"workspace_id": workspace_id, **_WAITS, "delivery.state": DeliveryState.QUEUED.value}
        if after is not None:
            time, message_id = after
            query["$or"] = [{"send_time": {"$gt": time}}, {"send_time": time, "_id": {"$gt": message_id}}]
        order = [("send_time", ASCENDING), ("_id", ASCENDING)]
        found = self._db.messages.find(query).hint("scheduled").sort(order)
        return await first_readable(found, limit, message_from_document, "message")

    async def claim_due(self, now: datetime, lease_until: datetime, limit: int) -> DueMessages:
        # One more than are claimed says whether there are more, or when the next one is due.
        fields = {"schedule_due": 1, "workspace_id": 1}
        found = await self._db.messages.find(_WAITS, fields).sort(_ORDER).limit(limit + 1).to_list(None)
        due = [document for document in found if document["schedule_due"] <= now]
        next_due = found[len(due)]["schedule_due"] if len(due) < len(found) else None
        mine = await self._take([document["_id"] for document in due[:limit]], now, lease_until) if due else set()
        # After they are claimed: one that cannot be read is looked at again when the others have had their turn.
        messages = readable((d for d in due if d["_id"] in mine), _due_message, "message")
        return DueMessages(messages, len(due) > limit, next_due)

    async def _take(self, message_ids: list[str], now: datetime, lease_until: datetime) -> set[str]:
        """Claims these: those that are ours now."""
        lease_id, theirs = new_id("lse"), {"_id": {"$in": message_ids}}
        # A replica of an older version ends replies whose tickets are erased, and does not know that they waited. What
        # was cancelled since it was found says so itself, and must go on saying it.
        ended = {**theirs, **WAITS_FOR_ITS_TIME, "delivery.state": {"$ne": DeliveryState.QUEUED.value}}
        await self._db.messages.update_many(ended, {"$unset": dict.fromkeys((*SCHEDULE_FIELDS, "schedule"), "")})
        taken = {"$set": {"schedule_due": lease_until, "schedule_lease": lease_id}}
        await self._db.messages.update_many({**theirs, "schedule_due": {"$lte": now}}, taken)
        mine = self._db.messages.find({**theirs, "schedule_lease": lease_id}, {"_id": 1})
        return {document["_id"] async for document in mine}

    async def postpone(self, message_id: str, due: datetime) -> None:
        await self._db.messages.update_one({"_id": message_id, **_WAITS}, {"$set": {"schedule_due": due}})


def _due_message(document: Document) -> DueMessage:
    workspace_id, message_id = document.get("workspace_id"), document["_id"]
    if not (isinstance(workspace_id, str) and isinstance(message_id, str)):
        raise UnreadableError("it does not say which it is")
    return DueMessage(workspace_id, message_id)

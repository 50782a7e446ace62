"""MessageStore on MongoDB."""

from datetime import datetime

from ticket_service import mongo_documents as documents
from ticket_service.message import Message
from ticket_service.mongo_database import Database


class MongoMessages:
    """See store.MessageStore. A reply is in the outbox while it has `outbox_due`, which is also its lease."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_messages(
        self, workspace_id: str, ticket_id: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """See store.MessageStore."""
        query: documents.Document = {"ticket_id": ticket_id, "workspace_id": workspace_id}
        if after is not None:
            time, message_id = after
            query["$or"] = [{"message_time": {"$gt": time}}, {"message_time": time, "_id": {"$gt": message_id}}]
        order = [("message_time", 1), ("_id", 1)]
        found = await self._db.messages.find(query).sort(order).limit(limit).to_list(None)
        return [documents.to_message(document) for document in found]

    async def claim_outbox(self, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
        """See store.MessageStore."""
        claimed: list[Message] = []
        while len(claimed) < limit:
            document = await self._db.messages.find_one_and_update(
                {"outbox_due": {"$lte": now}},
                {"$set": {"outbox_due": lease_until}},
                sort=[("outbox_due", 1), ("_id", 1)],
            )
            if document is None:
                break
            claimed.append(documents.to_message(document))
        return claimed

    async def postpone(self, message_id: str, due: datetime) -> None:
        """See store.MessageStore."""
        await self._db.messages.update_one(
            {"_id": message_id, "outbox_due": {"$exists": True}}, {"$set": {"outbox_due": due}}
        )

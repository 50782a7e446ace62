"""MessageStore on MongoDB."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.read_concern import ReadConcern

from servicekit.ids import new_id
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry, in_order
from ticket_service.domain.message import Direction, Message
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database
from ticket_service.mongo.media_items import from_media

# When a reply that had to let an earlier one of its ticket go first is looked at again.
_BEHIND_ANOTHER = timedelta(seconds=0.5)


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

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        """See store.MessageStore."""
        query = {"ticket_id": ticket_id, "workspace_id": workspace_id, "direction": {"$ne": Direction.NOTE.value}}
        # The other parts of the order are for texts that were stored before places were counted.
        order = [("position", -1), ("message_time", -1), ("_id", -1)]
        found = await self._db.messages.find(query).sort(order).limit(limit).to_list(None)
        return [documents.to_message(document) for document in reversed(found)]

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Collection[str]
    ) -> dict[str, datetime]:
        """See store.MessageStore."""
        # What a failover may still take back does not count as stored.
        messages = self._db.messages.with_options(read_concern=ReadConcern("majority"))
        query = {
            "account_sid": account_sid,
            "twilio_message_sid": {"$in": list(message_sids)},
            "organization_id": organization_id,
        }
        found = await messages.find(query, {"twilio_message_sid": 1, "message_time": 1}).to_list(None)
        return {document["twilio_message_sid"]: document["message_time"] for document in found}

    async def change_text(
        self,
        organization_id: str,
        account_sid: str,
        twilio_message_sid: str,
        media_url: str,
        decide: Callable[[Message], tuple[Message, tuple[AuditEntry, ...]]],
    ) -> None:
        """See store.MessageStore."""
        query = {
            "account_sid": account_sid,
            "twilio_message_sid": twilio_message_sid,
            "organization_id": organization_id,
            "direction": Direction.INBOUND.value,
            "media.url": media_url,
        }

        async def work(session: Any) -> None:
            document = await self._db.messages.find_one(query, session=session)
            if document is None:
                raise errors.text_not_found(twilio_message_sid)
            before = documents.to_message(document)
            after, entries = decide(before)
            if after != before:
                change = {"$set": {"media": from_media(after.media)}}
                await self._db.messages.update_one({"_id": before.message_id}, change, session=session)
                await self._record(after, entries, session)

        await self._db.in_transaction(work)

    async def _record(self, message: Message, entries: Sequence[AuditEntry], session: Any) -> None:
        if not entries:
            return None
        place = (message.organization_id, message.workspace_id)
        if not message.ticket_id:
            return await self._db.write_entries(*place, entries, session)
        mine = {"_id": message.ticket_id}
        ticket = await self._db.tickets.find_one(mine, {"audit_sequence": 1, "audit_head": 1}, session=session)
        unsigned = in_order(entries, *place, message.ticket_id, ticket["audit_sequence"], new_id)
        records, head = self._db.signing.extend(ticket.get("audit_head", ""), unsigned)
        change = {
            "$set": {"audit_sequence": records[-1].sequence, "audit_head": head, "anchor_due": True},
            # An attachment that comes is a change of the ticket, as any message is.
            "$max": {"update_time": entries[-1].time},
        }
        await self._db.tickets.update_one(mine, change, session=session)
        return await self._db.write_records(records, session)

    async def claim_outbox(self, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
        """See store.MessageStore."""
        claimed: list[Message] = []
        for _ in range(limit):
            document = await self._db.messages.find_one_and_update(
                {"outbox_due": {"$lte": now}},
                {"$set": {"outbox_due": lease_until}},
                sort=[("outbox_due", 1), ("_id", 1)],
            )
            if document is None:
                break
            if await self._is_behind_another(document, claimed):
                await self.postpone(document["_id"], now + _BEHIND_ANOTHER)
            else:
                claimed.append(documents.to_message(document))
        return claimed

    async def _is_behind_another(self, document: documents.Document, claimed: list[Message]) -> bool:
        """Whether an earlier reply of the ticket waits or is being sent by somebody else."""
        mine = [message.message_id for message in claimed]
        query = {
            "ticket_id": document["ticket_id"],
            "outbox_due": {"$exists": True},
            # Not by id: replicas' clocks differ.
            "position": {"$lt": document.get("position", 0)},
            "_id": {"$nin": mine},
        }
        return await self._db.messages.find_one(query, {"_id": 1}) is not None

    async def postpone(self, message_id: str, due: datetime) -> None:
        """See store.MessageStore."""
        await self._db.messages.update_one(
            {"_id": message_id, "outbox_due": {"$exists": True}}, {"$set": {"outbox_due": due}}
        )

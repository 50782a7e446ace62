"""MessageStore on MongoDB. A reply is in the outbox while it has `outbox_due`, which is also its lease."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pymongo.read_concern import ReadConcern

from servicekit.mongo import leases
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import DeliveryState, Direction, Message
from ticket_service.domain.ticket import TicketChange
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import (
    media_to_document,
    message_from_document,
    message_to_document,
)
from ticket_service.mongo.ticket_documents import ticket_from_document

# When a reply that had to let an earlier one of its ticket go first is looked at again.
_BEHIND_ANOTHER = timedelta(seconds=0.5)


def in_outbox(message: Message) -> Document:
    """A new message as it is stored. A reply that is QUEUED is in the outbox, and due at once."""
    document = message_to_document(message)
    return {**document, "outbox_due": message.create_time} if is_queued(message) else document


def is_queued(message: Message) -> bool:
    """Whether it is a reply that has not left."""
    return message.delivery is not None and message.delivery.state is DeliveryState.QUEUED


class MongoMessages:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_messages(
        self, workspace_id: str, ticket_id: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        query: Document = {"ticket_id": ticket_id, "workspace_id": workspace_id}
        if after is not None:
            time, message_id = after
            query["$or"] = [{"message_time": {"$gt": time}}, {"message_time": time, "_id": {"$gt": message_id}}]
        order = [("message_time", 1), ("_id", 1)]
        found = await self._db.messages.find(query).sort(order).limit(limit).to_list(None)
        return [message_from_document(document) for document in found]

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        query = {"ticket_id": ticket_id, "workspace_id": workspace_id, "direction": {"$ne": Direction.NOTE.value}}
        # The other parts of the order are for texts that were stored before places were counted.
        order = [("position", -1), ("message_time", -1), ("_id", -1)]
        found = await self._db.messages.find(query).sort(order).limit(limit).to_list(None)
        return [message_from_document(document) for document in reversed(found)]

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Collection[str]
    ) -> dict[str, datetime]:
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
            before = message_from_document(document)
            after, entries = decide(before)
            if after != before:
                change = {"$set": {"media": media_to_document(after.media)}}
                await self._db.messages.update_one({"_id": before.message_id}, change, session=session)
                await self._record(after, entries, session)

        await self._db.in_transaction(work)

    async def _record(self, message: Message, entries: Sequence[AuditEntry], session: Any) -> None:
        if not entries:
            return
        if not message.ticket_id:
            mine = (message.organization_id, message.workspace_id)
            await append_to_organization(self._db, *mine, entries, session)
            return
        ticket = ticket_from_document(await self._db.tickets.find_one({"_id": message.ticket_id}, session=session))
        # An attachment that comes is a change of the ticket, as any message is.
        changed = replace(ticket, update_time=max(ticket.update_time, entries[-1].time))
        await append_to_ticket(self._db, TicketChange(changed, tuple(entries)), session)

    async def claim_outbox(self, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
        claimed: list[Message] = []
        for _ in range(limit):
            document = await leases.claim(
                self._db.messages, "outbox_due", now, lease_until, order=("outbox_due", "_id")
            )
            if document is None:
                break
            if await self._is_behind_another(document, claimed):
                await self.postpone(document["_id"], now + _BEHIND_ANOTHER)
            else:
                claimed.append(message_from_document(document))
        return claimed

    async def _is_behind_another(self, document: Document, claimed: list[Message]) -> bool:
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
        await self._db.messages.update_one(
            {"_id": message_id, "outbox_due": {"$exists": True}}, {"$set": {"outbox_due": due}}
        )

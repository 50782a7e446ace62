"""MessageStore on MongoDB, and how a reply comes into the outbox and leaves it: outbox.py has what is in between."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo import UpdateMany
from pymongo.read_concern import ReadConcern

from servicekit.mongo.leases import FREE
from servicekit.mongo.readable import first_readable
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import DeliveryState, Direction, Message
from ticket_service.domain.search.words import words_of
from ticket_service.domain.ticket import TicketChange
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import (
    IS_SAID,
    WORDS,
    media_to_document,
    message_from_document,
    message_to_document,
    stored_behind,
)
from ticket_service.mongo.ticket_documents import ticket_from_document

# What only a reply in the outbox has.
OUTBOX_FIELDS = ("outbox_due", "outbox_lease", "outbox_behind", "outbox_followers", "outbox_replica")


def in_outbox(message: Message, replica: str) -> Document:
    """A new message as `replica` stores it. A reply that is QUEUED is in the outbox, and due at once."""
    document = {**message_to_document(message), WORDS: words_of(message.text)}
    if not is_queued(message):
        return document
    return {**document, "outbox_due": message.create_time, "outbox_replica": replica}


def into_outbox(message: Message, replica: str) -> Document:
    """What a reply that has waited for its time gets when it is QUEUED. It may be the first part of its text only."""
    assert message.delivery is not None
    return {"outbox_due": message.delivery.update_time, "outbox_replica": replica, WORDS: words_of(message.text)}


def next_due(left: Message) -> UpdateMany:
    """Makes the reply due that waits behind one that has left the outbox."""
    assert left.delivery is not None
    due = {"$set": {"outbox_due": left.delivery.update_time}, "$unset": {"outbox_behind": ""}}
    return UpdateMany({"outbox_behind": left.message_id}, due)


def waiting_on(channel_id: str) -> Document:
    """Which messages wait in the outbox for a channel's number."""
    return {"outbox_due": {"$gte": FREE}, "channel_id": channel_id}


def is_queued(message: Message) -> bool:
    """Whether it is a reply that has not left."""
    return message.delivery is not None and message.delivery.state is DeliveryState.QUEUED


class MongoMessages:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_messages(
        self,
        workspace_id: str,
        ticket_id: str,
        after: tuple[datetime, str] | None,
        limit: int,
        behind: Message | None = None,
        *,
        newest_first: bool = False,
    ) -> list[Message]:
        query: Document = {"ticket_id": ticket_id, "workspace_id": workspace_id}
        if behind is not None:
            query |= stored_behind(behind)
        beyond, direction = ("$lt", -1) if newest_first else ("$gt", 1)
        if after is not None:
            time, message_id = after
            query["$or"] = [{"message_time": {beyond: time}}, {"message_time": time, "_id": {beyond: message_id}}]
        order = [("message_time", direction), ("_id", direction)]
        return await first_readable(self._db.messages.find(query).sort(order), limit, message_from_document, "message")

    async def get_message(self, workspace_id: str, ticket_id: str, message_id: str) -> Message:
        query = {"_id": message_id, "workspace_id": workspace_id, "ticket_id": ticket_id}
        document = await self._db.messages.find_one(query)
        if document is None:
            raise errors.message_not_found(message_id)
        return message_from_document(document)

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        query = {
            "ticket_id": ticket_id,
            "workspace_id": workspace_id,
            "direction": {"$ne": Direction.NOTE.value},
            **IS_SAID,
        }
        # The other parts of the order are for texts that were stored before places were counted.
        order = [("position", -1), ("message_time", -1), ("_id", -1)]
        found = self._db.messages.find(query).sort(order)
        return list(reversed(await first_readable(found, limit, message_from_document, "message")))

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
        # It is stored, whatever somebody has made of its time, which then says nothing of its order.
        times = ((document["twilio_message_sid"], document.get("message_time")) for document in found)
        return {sid: time if isinstance(time, datetime) else FREE for sid, time in times}

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

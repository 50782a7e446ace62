"""MessageStore on MongoDB. A reply is in the outbox while it has `outbox_due`, which is also its lease."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.read_concern import ReadConcern

from servicekit.mongo import leases
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Delivery, DeliveryState, Direction, MediaItem, MediaState, Message
from ticket_service.domain.ticket import TicketChange
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, LIST, Document, Field, Mapper, enum, nested, sparse
from ticket_service.mongo.ticket_documents import ticket_from_document

_EXISTS = {"$exists": True}
INDEXES = [
    IndexModel(
        [("account_sid", ASCENDING), ("twilio_message_sid", ASCENDING)],
        name="one_message_per_message_sid",
        unique=True,
        partialFilterExpression={"twilio_message_sid": _EXISTS},
    ),
    IndexModel(
        [("workspace_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_message_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": _EXISTS},
    ),
    IndexModel([("ticket_id", ASCENDING), ("message_time", ASCENDING), ("_id", ASCENDING)], name="conversation"),
    IndexModel(
        [("outbox_due", ASCENDING), ("_id", ASCENDING)],
        name="outbox",
        partialFilterExpression={"outbox_due": _EXISTS},
    ),
    # Words are searched as they are written, in any language.
    IndexModel(
        [("workspace_id", ASCENDING), ("text", "text")],
        name="words",
        default_language="none",
        language_override="no_such_field",
    ),
    IndexModel(
        [("workspace_id", ASCENDING), ("erase_time", ASCENDING), ("create_time", ASCENDING)],
        name="without_ticket",
        partialFilterExpression={"ticket_id": ""},
    ),
    IndexModel(
        [("customer_id", ASCENDING), ("erase_time", ASCENDING)],
        name="without_ticket_of_customer",
        partialFilterExpression={"ticket_id": ""},
    ),
]
_MEDIA = Mapper(
    MediaItem,
    state=sparse(None, enum(MediaState)),
    media_id=sparse(""),
    size_bytes=sparse(0),
    error_text=sparse(""),
)


def media_to_document(media: Sequence[MediaItem]) -> list[Document]:
    """One that is awaited has no state."""
    awaited = [replace(item, state=None) if item.state is MediaState.PENDING else item for item in media]
    return [_MEDIA.to_document(item) for item in awaited]


def _media_from_document(documents: Sequence[Document]) -> tuple[MediaItem, ...]:
    return tuple(_MEDIA.from_document(document) for document in documents)


_MESSAGES = Mapper(
    Message,
    message_id=KEY,
    direction=enum(Direction),
    author=ACTOR,
    twilio_message_sid=sparse(""),
    media=Field(media_to_document, _media_from_document),
    delivery=sparse(None, nested(Mapper(Delivery, state=enum(DeliveryState)))),
    request_id=sparse(""),
    is_notice=sparse(False),
    position=sparse(0),
    recovered=sparse(False),
    further_parts=sparse((), LIST),
    request_digest=sparse(""),
    erase_time=sparse(None),
)
message_to_document = _MESSAGES.to_document


def message_from_document(document: Document) -> Message:
    """An inbound attachment without a state is awaited: those of a version that fetched none, too."""
    message = _MESSAGES.from_document(document)
    if message.direction is not Direction.INBOUND:
        return message
    return replace(message, media=tuple(replace(m, state=m.state or MediaState.PENDING) for m in message.media))


# When a reply that had to let an earlier one of its ticket go first is looked at again.
_BEHIND_ANOTHER = timedelta(seconds=0.5)


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

"""Gives tickets what lists show and order by, where a version before this one kept nothing of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from servicekit.mongo import old_indexes
from servicekit.mongo.readable import UnreadableError, first_readable, note_unreadable
from ticket_service.domain.inbox.summary import summed_up
from ticket_service.domain.inbox.ticket_list import LIVE_STATES
from ticket_service.domain.message import Direction, Message
from ticket_service.domain.ticket import Ticket, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import ANY_PRIORITY, NO_TIME
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import IS_SAID, message_from_document
from ticket_service.mongo.ticket_documents import ticket_from_document, ticket_to_document

# Of a ticket so many texts are read, the last ones.
_MOST_TEXTS = 200
_FILLED = ("waiting_since", "last_message", "customer_display_name", "failed_reply", "summed_count")
# Of whom nothing but that is wrong: what else is kept of them is truer than what can be made of their texts.
_SAID_ALONE = ("last_message",)
_EVERY_STATE = [state.value for state in TicketState]
_LIVE = [state.value for state in LIVE_STATES]
_NOT_OPEN = [state.value for state in TicketState if state is not TicketState.OPEN]
# A version that kept no author let notices take the place of what the customer has asked.
_MAY_HIDE_A_QUESTION: Document = {
    "state": TicketState.OPEN.value,
    "last_message.direction": Direction.OUTBOUND.value,
    "last_message.author": None,
}


class Filling:
    """Fills tickets of one database in, up to so many at a time; several replicas may do so at once."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def fill_in(self, limit: int) -> int:
        """Those that have nothing yet; how many it was."""
        without = {"state": {"$in": _EVERY_STATE}, indexes.LAST_MESSAGE_TIME: None}
        return await self._fill(without, indexes.LAST_ACTIVITY, limit)

    async def correct(self, limit: int) -> int:
        """Those that a replica of such a version has changed since; how many it was. Reads all that are not CLOSED."""
        differs = {"$ne": ["$message_count", {"$ifNull": ["$summed_count", 0]}]}
        # Such replicas add texts and do not say that they did, and settle tickets whose customers seem to wait then.
        count = await self._fill({"state": {"$in": _LIVE}, "$expr": differs}, indexes.CREATION, limit)
        settled = {**ANY_PRIORITY, "state": {"$in": _NOT_OPEN}, "waiting_since": {"$gt": NO_TIME}}
        count += await self._fill(settled, indexes.WAITING, limit)
        return count + await self._fill(_MAY_HIDE_A_QUESTION, indexes.CREATION, limit, _SAID_ALONE)

    async def drop_old_indexes(self) -> None:
        """Drops what such a version has listed by."""
        await old_indexes.drop(self._db.tickets, indexes.OLD_INDEXES)

    async def _fill(self, query: Document, index: str, limit: int, filled: Sequence[str] = _FILLED) -> int:
        workspaces = [workspace["_id"] async for workspace in self._db.workspaces.find({}, {"_id": 1}).hint("_id_")]
        of_all = {"workspace_id": {"$in": workspaces}, **query}
        found = await self._db.tickets.find(of_all).hint(index).limit(limit).to_list(None)
        names = await self._names({str(document.get("customer_id")) for document in found})
        updates = [update for document in found if (update := await self._update(document, names, filled))]
        if updates:
            await self._db.tickets.bulk_write(updates, ordered=False)
        return len(found)

    async def _names(self, customer_ids: set[str]) -> Mapping[str, str]:
        ids = {"_id": {"$in": sorted(customer_ids)}}
        found = self._db.customers.find(ids, {"display_name": 1}).hint("_id_")
        return {customer["_id"]: str(customer.get("display_name", "")) async for customer in found}

    async def _update(self, document: Document, names: Mapping[str, str], filled: Sequence[str]) -> UpdateOne | None:
        """Of the ticket as it was read: one that has changed meanwhile is looked at again. None for one that cannot be
        read."""
        try:
            ticket = ticket_from_document(document)
            latest = await self._latest(ticket)
        except UnreadableError as error:
            note_unreadable(document, "ticket", error)
            return None
        after = ticket_to_document(summed_up(ticket, latest, names.get(ticket.customer_id, "")))
        known = {name: after[name] for name in filled if name in after}
        gone = {name: "" for name in filled if name not in after}
        change: dict[str, Any] = {"$set": known, **({"$unset": gone} if gone else {})}
        as_read = {name: document.get(name) for name in ("_id", "audit_sequence", "seal_time")}
        return UpdateOne(as_read, change)

    async def _latest(self, ticket: Ticket) -> Sequence[Message]:
        """Its last texts, in the order of the conversation."""
        query = {"ticket_id": ticket.ticket_id, "direction": {"$ne": Direction.NOTE.value}, **IS_SAID}
        newest = [("message_time", -1), ("_id", -1)]
        found = self._db.messages.find(query).hint("conversation").sort(newest)
        return list(reversed(await first_readable(found, _MOST_TEXTS, message_from_document, "message")))

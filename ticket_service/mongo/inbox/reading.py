"""How far agents have read tickets. Not written by commits: reading does not change a ticket, and has no audit record.
A commit that meets such a write begins again."""

from typing import Any

from pymongo import ReturnDocument

from ticket_service import errors
from ticket_service.domain.message import Direction
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.conditions import NO_TIME
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import READ_BY, ticket_from_document

# More people than work on one ticket.
_MOST_READERS = 500
_MARKS = "read_marks"
_ALL: Document = {"$add": ["$message_count", {"$ifNull": ["$scheduled_positions", 0]}]}


class Reading:
    """Marks tickets of one database as read."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def mark(self, workspace_id: str, ticket_id: str, agent_id: str, message_id: str) -> Ticket:
        """The ticket, read by the agent up to that message; empty: up to the last one. Raises TICKET_NOT_FOUND,
        MESSAGE_NOT_FOUND."""
        message = await self._message(workspace_id, ticket_id, message_id)
        position = await self._position(message) if message_id else _ALL
        update = _read_up_to(agent_id, message["_id"], position)
        return await self._updated(workspace_id, ticket_id, update)

    async def unmark(self, workspace_id: str, ticket_id: str, agent_id: str) -> Ticket:
        """The ticket without what says that the agent has read it. Raises TICKET_NOT_FOUND."""
        update = {"$pull": {READ_BY: agent_id, _MARKS: {"agent_id": agent_id}}}
        return await self._updated(workspace_id, ticket_id, update)

    async def _updated(self, workspace_id: str, ticket_id: str, update: Document | list[Document]) -> Ticket:
        query = {"_id": ticket_id, "workspace_id": workspace_id}
        document = await self._db.tickets.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
        if document is None:
            raise errors.ticket_not_found(ticket_id)
        return ticket_from_document(document)

    async def _message(self, workspace_id: str, ticket_id: str, message_id: str) -> Document:
        query = {"ticket_id": ticket_id, "workspace_id": workspace_id}
        if message_id:
            message: Document | None = await self._db.messages.find_one({"_id": message_id, **query})
        else:
            newest = [("message_time", -1), ("_id", -1)]
            message = await self._db.messages.find_one(query, sort=newest, hint="conversation")
        if message is None:
            ticket = await self._db.tickets.find_one({"_id": ticket_id, "workspace_id": workspace_id}, {"_id": 1})
            raise errors.ticket_not_found(ticket_id) if ticket is None else errors.message_not_found(message_id)
        return message

    async def _position(self, message: Document) -> int:
        """How many texts of its ticket there are up to the message. A note is not a text: those before it count."""
        if message["direction"] != Direction.NOTE.value:
            return int(message.get("position", 0))
        before = {
            "ticket_id": message["ticket_id"],
            "message_time": {"$gt": NO_TIME, "$lte": message["message_time"]},
            "direction": {"$ne": Direction.NOTE.value},
        }
        newest = [("message_time", -1), ("_id", -1)]
        text = await self._db.messages.find_one(before, {"position": 1}, sort=newest, hint="conversation")
        return int((text or {}).get("position", 0))


def _read_up_to(agent_id: str, message_id: str, position: int | Document) -> list[Document]:
    """An update that moves the agent's mark, but never back, and says that they have read the customer's newest text
    if that stands before it."""
    agent, known = {"$literal": agent_id}, {"$ifNull": [f"${_MARKS}", []]}
    mine = {"$filter": {"input": known, "cond": {"$eq": ["$$this.agent_id", agent]}}}
    others = {"$filter": {"input": known, "cond": {"$ne": ["$$this.agent_id", agent]}}}
    mark = {"agent_id": agent, "message_id": {"$literal": message_id}, "position": position}
    # Of a text and the notes behind it the one that was stored last.
    place = {"$max": {"$map": {"input": mine, "in": ["$$this.position", "$$this.message_id"]}}}
    moves_on: dict[str, Any] = {"$gt": [[position, {"$literal": message_id}], {"$ifNull": [place, []]}]}
    readers = {"$ifNull": [f"${READ_BY}", []]}
    has_read = {"$gte": [position, {"$ifNull": ["$inbound_position", 0]}]}
    return [
        {
            "$set": {
                _MARKS: {"$cond": [moves_on, _newest({"$concatArrays": [others, [mark]]}), known]},
                READ_BY: {"$cond": [has_read, _newest({"$setUnion": [readers, [agent]]}), readers]},
            }
        }
    ]


def _newest(readers: Document) -> Document:
    return {"$slice": [readers, -_MOST_READERS]}

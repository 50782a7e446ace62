"""TicketStore on MongoDB."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from servicekit.mongo.readable import first_readable
from ticket_service import errors
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket, TicketState
from ticket_service.domain.ticket_decision import Decide, Needs, NeedsOf, TicketWrite
from ticket_service.mongo.commits.queue import Commits
from ticket_service.mongo.commits.wishes import ChangeWish
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import SETTLED_INDEX, ticket_from_document

_Load = Callable[[Any], Awaitable[tuple[Document, list[Message]]]]


class MongoTickets:
    def __init__(self, database: Database, commits: Commits) -> None:
        self._db = database
        self._commits = commits

    async def get_ticket(self, workspace_id: str, ticket_id: str) -> Ticket:
        return ticket_from_document(await self._ticket(workspace_id, ticket_id))

    async def list_resolved(self, workspace_id: str, before: datetime, limit: int) -> list[Ticket]:
        query = {
            "workspace_id": workspace_id,
            "state": TicketState.RESOLVED.value,
            "seal_time": None,
            "close_time": None,
            "resolve_time": {"$lt": before},
            "scheduled_count": None,
        }
        settled = self._db.tickets.find(query).sort("resolve_time", 1).hint(SETTLED_INDEX)
        return await first_readable(settled, limit, ticket_from_document, "ticket")

    async def change_ticket(
        self,
        workspace_id: str,
        ticket_id: str,
        decide: Decide,
        needs: Needs | NeedsOf = Needs.NOTHING_MORE,
        request_id: str = "",
        seen_message_id: str = "",
    ) -> TicketWrite:
        wish = ChangeWish(workspace_id, decide, needs, ticket_id, request_id=request_id, seen_id=seen_message_id)
        return await self._commits.change(wish)

    async def change_message(
        self,
        workspace_id: str,
        message_id: str,
        decide: Decide,
        needs: Needs = Needs.NOTHING_MORE,
        seen_message_id: str = "",
    ) -> TicketWrite:
        wish = ChangeWish(workspace_id, decide, needs, message_id=message_id, seen_id=seen_message_id)
        return await self._commits.change(wish)

    async def _ticket(self, workspace_id: str, ticket_id: str) -> Document:
        query = {"_id": ticket_id, "workspace_id": workspace_id}
        document: Document | None = await self._db.tickets.find_one(query)
        if document is None:
            raise errors.ticket_not_found(ticket_id)
        return document

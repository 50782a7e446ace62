"""InboxStore on MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from ticket_service.domain.inbox.ticket_list import Listed, ListPosition, TicketCount, TicketFilter, TicketOrder
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.counting import Counting
from ticket_service.mongo.inbox.filling import Filling
from ticket_service.mongo.inbox.listing import Limits, Listing
from ticket_service.mongo.inbox.reading import Reading


class MongoInbox:
    """`limits` say how much work a page may be."""

    def __init__(self, database: Database, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
        self._listing = Listing(database, limits)
        self._counting = Counting(database, self._listing)
        self._reading = Reading(database)
        self._filling = Filling(database)

    async def list_tickets(
        self, tickets: TicketFilter, order: TicketOrder, after: ListPosition | None, limit: int, now: datetime
    ) -> Listed:
        return await self._listing.page(tickets, order, after, limit, now)

    async def count_tickets(self, lists: Sequence[TicketFilter], now: datetime) -> list[TicketCount]:
        return await self._counting.count(lists, now)

    async def mark_read(self, workspace_id: str, ticket_id: str, agent_id: str, message_id: str) -> Ticket:
        return await self._reading.mark(workspace_id, ticket_id, agent_id, message_id)

    async def mark_unread(self, workspace_id: str, ticket_id: str, agent_id: str) -> Ticket:
        return await self._reading.unmark(workspace_id, ticket_id, agent_id)

    async def fill_in(self, limit: int) -> int:
        return await self._filling.fill_in(limit)

    async def correct(self, limit: int) -> int:
        return await self._filling.correct(limit)

    async def drop_old_indexes(self) -> None:
        await self._filling.drop_old_indexes()

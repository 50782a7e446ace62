"""Counts of lists. Where one condition must hold, the entries of its index are counted, up to 1,000; where several
must, the few tickets of one of them, or so many of all."""

from collections.abc import Sequence
from datetime import datetime

from ticket_service.domain.inbox.ticket_list import MAX_COUNT, TicketCount, TicketFilter
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import Condition, all_of, conditions, is_empty, scope, within
from ticket_service.mongo.inbox.listing import Listing
from ticket_service.mongo.mapper import Document

_MOST_LOOKED_AT = 5000


class Counting:
    """Counts tickets of one database."""

    def __init__(self, database: Database, listing: Listing, most_looked_at: int = _MOST_LOOKED_AT) -> None:
        self._db = database
        self._listing = listing
        self._most_looked_at = most_looked_at

    async def count(self, tickets: TicketFilter, now: datetime) -> TicketCount:
        """How many tickets match, or at least how many."""
        if is_empty(tickets):
            return TicketCount(0)
        wanted = conditions(tickets, now)
        if not wanted:
            wanted = [Condition({}, indexes.CREATION)]
        if len(wanted) == 1 and wanted[0].index and wanted[0].has_states:
            return _up_to_most(await self._listing.count_up_to(tickets, wanted[0], MAX_COUNT + 1))
        few = await self._listing.few(tickets, wanted)
        if few is not None:
            query = {**scope(tickets), **all_of(wanted)}
            return _up_to_most(await self._db.tickets.count_documents(query, hint=few.index, limit=MAX_COUNT + 1))
        return await self._among_many(tickets, wanted)

    async def _among_many(self, tickets: TicketFilter, wanted: Sequence[Condition]) -> TicketCount:
        along = next((condition for condition in wanted if condition.index), Condition({}, indexes.CREATION))
        stages: list[Document] = [
            {"$match": within(tickets, along)},
            {"$limit": self._most_looked_at},
            {"$match": {**scope(tickets), **all_of(list(wanted))}},
            {"$limit": MAX_COUNT + 1},
            {"$count": "count"},
        ]
        counted = await self._db.tickets.aggregate(stages, hint=along.index).to_list(None)
        found = _up_to_most(counted[0]["count"] if counted else 0)
        if found.at_least:
            return found
        looked_at = await self._listing.count_up_to(tickets, along, self._most_looked_at + 1)
        return TicketCount(found.count, at_least=looked_at > self._most_looked_at)


def _up_to_most(count: int) -> TicketCount:
    return TicketCount(min(count, MAX_COUNT), at_least=count > MAX_COUNT)

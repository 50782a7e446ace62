"""Counts of lists. Where one condition must hold, the entries of its index are counted, up to 1,000; where several
must, the few tickets of one of them, or so many of all. No index knows those that are not snoozed: they are all others,
less the few that are."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ticket_service.domain.inbox.ticket_list import MAX_COUNT, TicketCount, TicketFilter
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import Condition, all_of, conditions, is_empty, scope, within
from ticket_service.mongo.inbox.listing import Listing
from ticket_service.mongo.inbox.snoozed import SNOOZED, Snoozed
from ticket_service.mongo.mapper import Document

_MOST_LOOKED_AT = 5000
_ALL = Condition({}, indexes.CREATION)


class Counting:
    """Counts tickets of one database."""

    def __init__(self, database: Database, listing: Listing, most_looked_at: int = _MOST_LOOKED_AT) -> None:
        self._db = database
        self._listing = listing
        self._most_looked_at = most_looked_at

    async def count(self, lists: Sequence[TicketFilter], now: datetime) -> list[TicketCount]:
        """How many tickets match each of them, or at least how many."""
        snoozed = Snoozed(self._db, self._listing)
        return await asyncio.gather(*(self._count(tickets, now, snoozed) for tickets in lists))

    async def _count(self, tickets: TicketFilter, now: datetime, snoozed: Snoozed) -> TicketCount:
        if is_empty(tickets):
            return TicketCount(0)
        if tickets.snoozed is False and (awake := await self._awake(tickets, now, snoozed)) is not None:
            return awake
        wanted = conditions(tickets, now) or [_ALL]
        if [condition.index for condition in wanted] == [indexes.SNOOZED]:
            return _up_to_most(await snoozed.count(tickets))
        if len(wanted) == 1 and _is_counted(wanted[0]):
            return _up_to_most(await self._listing.count_up_to(tickets, wanted[0], MAX_COUNT + 1))
        few = await self._listing.few(tickets, wanted)
        if few is None:
            return await self._among_many(tickets, wanted)
        return _up_to_most(await self._of_all(tickets, wanted, few.condition.index) if few.count else 0)

    async def _awake(self, tickets: TicketFilter, now: datetime, snoozed: Snoozed) -> TicketCount | None:
        """How many are not snoozed. None where that is not known by the entries of two indexes: where more must hold
        than one condition, or many are snoozed."""
        others = conditions(replace(tickets, snoozed=None), now) or [_ALL]
        if len(others) > 1 or not _is_counted(others[0]):
            return None
        asleep = await snoozed.count(tickets)
        if asleep > MAX_COUNT:
            return None
        if asleep and others != [_ALL]:
            asleep = await self._of_all(tickets, [SNOOZED, *others], indexes.SNOOZED)
        every = await self._listing.count_up_to(tickets, others[0], MAX_COUNT + 1 + asleep)
        # One may have been snoozed between the two.
        return _up_to_most(max(every - asleep, 0))

    async def _of_all(self, tickets: TicketFilter, wanted: list[Condition], index: str) -> int:
        """How many tickets match, among those of an index, which are few."""
        query = {**scope(tickets), **all_of(wanted)}
        return int(await self._db.tickets.count_documents(query, hint=index, limit=MAX_COUNT + 1))

    async def _among_many(self, tickets: TicketFilter, wanted: Sequence[Condition]) -> TicketCount:
        along = next((condition for condition in wanted if condition.index), _ALL)
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


def _is_counted(condition: Condition) -> bool:
    """Whether its index has no tickets but those that are asked for."""
    return bool(condition.index) and condition.has_states


def _up_to_most(count: int) -> TicketCount:
    return TicketCount(min(count, MAX_COUNT), at_least=count > MAX_COUNT)

"""Lists of tickets, in any order and with any filter, for a bounded amount of work per page.

Where few tickets match one of the conditions, those are read, and put in order here. Otherwise the index of the order
is walked along, and what matches is kept, until the page is full or so many tickets were looked at: such a page may be
short. Both ways give the same order, so that one page may come by the one and the next by the other.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.mongo.readable import readable
from ticket_service.domain.inbox.ticket_list import Listed, ListPosition, TicketFilter, TicketOrder
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import Condition, all_of, conditions, everything, is_empty, scope, within
from ticket_service.mongo.inbox.orders import Part, left_to_check, parts_of
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import ticket_from_document


@dataclass(frozen=True)
class Limits:
    """A condition that no more than `few` tickets match is looked up; otherwise each part of an order is walked along
    for `most` tickets of a page."""

    few: int = 1000
    most: int = 2000


@dataclass(frozen=True)
class Few:
    """`condition` is one that no more than `count` tickets match."""

    condition: Condition
    count: int


class Listing:
    """Lists tickets of one database."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._db = database
        self._limits = limits

    async def page(
        self, tickets: TicketFilter, order: TicketOrder, after: ListPosition | None, limit: int, now: datetime
    ) -> Listed:
        """At most `limit` tickets behind `after`."""
        wanted = conditions(tickets, now)
        parts = parts_of(order, tickets, now)
        if is_empty(tickets) or (after is not None and after.part >= len(parts)):
            # The second is none of ours: anybody may write a token.
            return Listed([], None)
        left = left_to_check(order, wanted)
        best = next((c for c in left if c.in_order_of_id), None) if order is TicketOrder.CREATION else None
        states = [Condition(scope(tickets))] if best and _has_others(tickets, best) else []
        # Such as a customer's: all that the index has is wanted, in its order.
        is_all = best is not None and left == [best] and not states
        if not is_all and (few := await self.few(tickets, wanted)):
            return await self._of_few(tickets, few, parts, after, limit, now)
        if best is None:
            return await self._walk(scope(tickets), left, parts, after, limit)
        # Newest first: by the index of a condition that has its tickets in that order, too.
        along = [Part(best.index, within(tickets, best))]
        left = [condition for condition in left if condition is not best]
        return await self._walk({}, [*states, *left], along, after, limit)

    async def few(self, tickets: TicketFilter, wanted: Sequence[Condition]) -> Few | None:
        """The condition that the fewest tickets match, if those are few."""
        indexed = [condition for condition in wanted if condition.index]
        if number := next((condition for condition in indexed if condition.index == indexes.NUMBER), None):
            return Few(number, 1)
        counts = await asyncio.gather(*(self.count_up_to(tickets, c, self._limits.few + 1) for c in indexed))
        found = min(zip(counts, range(len(indexed)), strict=True), default=(self._limits.few + 1, 0))
        return Few(indexed[found[1]], found[0]) if found[0] <= self._limits.few else None

    async def count_up_to(self, tickets: TicketFilter, condition: Condition, most: int) -> int:
        """How many tickets its index has of the condition; at most so many are counted."""
        query = within(tickets, condition)
        return int(await self._db.tickets.count_documents(query, hint=condition.index, limit=most))

    async def _of_few(
        self,
        tickets: TicketFilter,
        few: Few,
        parts: Sequence[Part],
        after: ListPosition | None,
        limit: int,
        now: datetime,
    ) -> Listed:
        if not few.count:
            return Listed([], None)
        # Where all may be shown, they are read at once; otherwise what puts them in order, and then what is shown.
        all_at_once = few.count <= limit
        keys = {"_id": 1, **{name.split(".")[0]: 1 for part in parts for name in part.query}}
        query = everything(tickets, now)
        found = (
            await self._db.tickets.find(query, None if all_at_once else keys).hint(few.condition.index).to_list(None)
        )
        places = _in_order(found, parts)
        if after is not None:
            places = places[_how_many_until(places, after, parts) :]
        shown = places[:limit]
        documents = found if all_at_once else await self._documents([place.ticket_id for place in shown])
        by_id = {document["_id"]: document for document in documents}
        # One may be gone by now.
        listed = [by_id[place.ticket_id] for place in shown if place.ticket_id in by_id]
        rest = shown[-1] if len(places) > limit else None
        return Listed(readable(listed, ticket_from_document, "ticket"), rest)

    async def _documents(self, ids: Sequence[str]) -> list[Document]:
        if not ids:
            return []
        documents: list[Document] = await self._db.tickets.find({"_id": {"$in": ids}}).hint("_id_").to_list(None)
        return documents

    async def _walk(
        self,
        base: Document,
        left: Sequence[Condition],
        parts: Sequence[Part],
        after: ListPosition | None,
        limit: int,
    ) -> Listed:
        found: list[tuple[ListPosition, Document]] = []
        for number in range(after.part if after else 0, len(parts)):
            part, begin = parts[number], after if after and after.part == number else None
            query = {**base, **part.after(begin)}
            documents = await self._read(query, part, left, limit + 1 - len(found))
            found += [(part.position(number, document), document) for document in documents]
            if len(found) > limit:
                return _listed(found[:limit], found[limit - 1][0])
            if left and (end := await self._end_of_walk(query, part)) is not None:
                return _listed(found, part.position(number, end))
        return _listed(found, None)

    async def _read(self, query: Document, part: Part, left: Sequence[Condition], limit: int) -> list[Document]:
        if not left:
            found = self._db.tickets.find(query).hint(part.index).sort(part.sort).limit(limit)
            documents: list[Document] = await found.to_list(None)
            return documents
        # A pipeline reads all that its first limit allows before it looks at it: where most match, that is a hundred
        # tickets in place of thousands.
        matching: list[Document] = []
        for most in sorted({min(2 * limit, self._limits.most), self._limits.most}):
            stages = [
                {"$match": query},
                {"$sort": dict(part.sort)},
                {"$limit": most},
                {"$match": all_of(list(left))},
                {"$limit": limit},
            ]
            matching = await self._db.tickets.aggregate(stages, hint=part.index).to_list(None)
            if len(matching) == limit:
                break
        return matching

    async def _end_of_walk(self, query: Document, part: Part) -> Document | None:
        """The last ticket that was looked at, if there are more behind it."""
        fields = {part.key: 1} if part.key else {"_id": 1}
        found = self._db.tickets.find(query, fields).hint(part.index).sort(part.sort)
        documents = await found.skip(self._limits.most - 1).limit(2).to_list(None)
        return documents[0] if len(documents) > 1 else None


def _has_others(tickets: TicketFilter, condition: Condition) -> bool:
    """Whether the condition's index has tickets of states that are not asked for."""
    return not condition.has_states and bool(tickets.states or tickets.unread_by)


def _in_order(documents: list[Document], parts: Sequence[Part]) -> list[ListPosition]:
    places: list[ListPosition] = []
    for number, part in enumerate(parts):
        of_part = [document for document in documents if part.holds(document)]
        places += [part.position(number, document) for document in part.sorted(of_part)]
    return places


def _how_many_until(places: Sequence[ListPosition], after: ListPosition, parts: Sequence[Part]) -> int:
    """How many of `places` are not behind `after`."""
    return sum(not parts[after.part].is_behind(place, after) for place in places)


def _listed(found: Sequence[tuple[ListPosition, Document]], rest: ListPosition | None) -> Listed:
    return Listed(readable((document for _, document in found), ticket_from_document, "ticket"), rest)

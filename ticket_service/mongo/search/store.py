"""SearchStore on MongoDB.

Messages have their words in an index, and customers their keys. What few of them have is looked up there, and put in
order here. A word that many have is looked for the other way round: in the newest tickets first, until a page is full.
So a page costs much the same whatever is looked for, and however many tickets there are.
"""

import asyncio
from collections.abc import Container, Sequence
from datetime import datetime

from pymongo import UpdateOne

from servicekit.mongo import old_indexes
from servicekit.mongo.readable import readable
from ticket_service.domain.inbox.ticket_list import ListPosition, TicketFilter, TicketOrder
from ticket_service.domain.message import Message
from ticket_service.domain.search.found import Found
from ticket_service.domain.search.wanted import Unit, Wanted
from ticket_service.domain.search.words import words_of
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.customers import SEARCH_INDEX, SEARCH_KEYS
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.conditions import everything
from ticket_service.mongo.inbox.listing import Limits, Listing
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import OLD_INDEXES, WORDS, WORDS_INDEX
from ticket_service.mongo.search.words import having, newest_having, tickets_of
from ticket_service.mongo.ticket_documents import ticket_from_document

# Of a long query so many words are counted, the longest first: they are the rarest, as a rule.
_COUNTED = 5
# MongoDB merges the entries of up to 200 customers in their order; of more it would sort them.
_CUSTOMERS_AT_ONCE = 150
_NONE_YET = {"$exists": False}


class MongoSearch:
    """A word that no more than `few` messages and `few_customers` have is looked up; one of more is looked for in
    tickets, in `step` at a time and in `most_tickets` for a page."""

    def __init__(
        self, database: Database, few: int = 2000, most_tickets: int = 3000, step: int = 100, few_customers: int = 1500
    ) -> None:
        self._db = database
        self._listing = Listing(database, Limits())
        self._few = few
        self._few_customers = few_customers
        self._most_tickets = most_tickets
        self._step = step

    async def search_tickets(
        self, tickets: TicketFilter, wanted: Wanted, before: str, limit: int, now: datetime
    ) -> Found:
        rarest = await self._rarest(tickets.workspace_id, wanted)
        if rarest is None:
            return await self._of_many(tickets, wanted, before, limit, now)
        return await self._of_few(tickets, wanted, rarest, before, limit, now)

    async def _rarest(self, workspace_id: str, wanted: Wanted) -> Unit | None:
        """What the fewest messages and customers have; None when even those are many."""
        asked = sorted(wanted.units, key=lambda unit: len(unit.key or unit.longest), reverse=True)[:_COUNTED]
        counts = await asyncio.gather(*(self._count(workspace_id, unit) for unit in asked))
        fewest = min(counts, key=sum)
        are_few = fewest[0] <= self._few and fewest[1] <= self._few_customers
        return asked[counts.index(fewest)] if are_few else None

    async def _count(self, workspace_id: str, unit: Unit) -> tuple[int, int]:
        """How many messages, and how many customers; of what is frequent at least so many."""
        query = {"workspace_id": workspace_id, **having(unit.longest, also_in_subject=bool(unit.key))}
        messages = self._db.messages.count_documents(query, hint=WORDS_INDEX, limit=self._few + 1)
        if not unit.key:
            return int(await messages), 0
        found_by, most = _found_by(workspace_id, unit.key), self._few_customers + 1
        customers = self._db.customers.count_documents(found_by, hint=SEARCH_INDEX, limit=most)
        in_messages, of_customers = await asyncio.gather(messages, customers)
        return int(in_messages), int(of_customers)

    async def _of_few(
        self, tickets: TicketFilter, wanted: Wanted, rarest: Unit, before: str, limit: int, now: datetime
    ) -> Found:
        known = await self._tickets_with(tickets.workspace_id, rarest)
        found: list[Ticket] = []
        # Most of these match, so that a page's worth of them is most often enough.
        step = min(limit + 1, self._step)
        for _ in range(0, self._most_tickets, self._step):
            ids = await self._candidates(known, before, step)
            found += await self._matching(wanted, await self._documents(tickets, ids, now))
            if len(found) > limit:
                return Found(found[:limit], found[limit - 1].ticket_id)
            if len(ids) < step:
                return Found(found, "")
            before, step = ids[-1], self._step
        return Found(found, before)

    async def _tickets_with(self, workspace_id: str, rarest: Unit) -> tuple[list[str], list[str]]:
        """The tickets with a message that may have it, the newest first; and the customers who have it."""
        in_messages = having(rarest.longest, also_in_subject=bool(rarest.key))
        query = {"workspace_id": workspace_id, **in_messages, "ticket_id": {"$gt": ""}}
        ids = sorted(await tickets_of(self._db, query, WORDS_INDEX), reverse=True)
        if not rarest.key:
            return ids, []
        customers = self._db.customers.find(_found_by(workspace_id, rarest.key), {"_id": 1}).hint(SEARCH_INDEX)
        return ids, sorted([customer["_id"] async for customer in customers])

    async def _candidates(self, known: tuple[Sequence[str], Sequence[str]], before: str, step: int) -> list[str]:
        """The newest of those tickets, up to `step`, with smaller ids than `before`."""
        ids, whose = known
        chunks = [whose[i : i + _CUSTOMERS_AT_ONCE] for i in range(0, len(whose), _CUSTOMERS_AT_ONCE)]
        of_customers = await asyncio.gather(*(self._newest_of(chunk, before, step) for chunk in chunks))
        found = {ticket_id for chunk in of_customers for ticket_id in chunk}
        found |= {ticket_id for ticket_id in ids if not before or ticket_id < before}
        return sorted(found, reverse=True)[:step]

    async def _newest_of(self, customer_ids: Sequence[str], before: str, step: int) -> list[str]:
        query: Document = {"customer_id": {"$in": list(customer_ids)}, **({"_id": {"$lt": before}} if before else {})}
        found = self._db.tickets.find(query, {"_id": 1}).hint("of_customer").sort("_id", -1).limit(step)
        return [ticket["_id"] async for ticket in found]

    async def _documents(self, tickets: TicketFilter, ids: Sequence[str], now: datetime) -> list[Ticket]:
        query = {**everything(tickets, now), "_id": {"$in": list(ids)}}
        found = await self._db.tickets.find(query).hint("_id_").sort("_id", -1).to_list(None)
        return readable(found, ticket_from_document, "ticket")

    async def _of_many(self, tickets: TicketFilter, wanted: Wanted, before: str, limit: int, now: datetime) -> Found:
        found: list[Ticket] = []
        after = ListPosition(0, None, before) if before else None
        # Where nearly all tickets have it, no more than a page of them is read.
        step, looked_at = min(limit + 1, self._step), 0
        while looked_at < self._most_tickets:
            page = await self._listing.page(tickets, TicketOrder.CREATION, after, step, now)
            found += await self._matching(wanted, page.tickets)
            if len(found) > limit:
                return Found(found[:limit], found[limit - 1].ticket_id)
            if page.rest is None:
                return Found(found, "")
            after, step, looked_at = page.rest, self._step, looked_at + step
        return Found(found, after.ticket_id if after else "")

    async def _matching(self, wanted: Wanted, tickets: Sequence[Ticket]) -> list[Ticket]:
        emails = await self._emails(tickets) if any(unit.key for unit in wanted.units) else {}
        by_rest: dict[tuple[str, ...], list[Ticket]] = {}
        for ticket in tickets:
            email = emails.get(ticket.customer_id, "")
            rest = wanted.left_for_messages(ticket.customer_display_name, ticket.customer_address, email)
            by_rest.setdefault(rest, []).append(ticket)
        matching = by_rest.pop((), [])
        for rest, group in by_rest.items():
            ids = await self._having_all([ticket.ticket_id for ticket in group], rest, wanted.also_in_subjects)
            matching += [ticket for ticket in group if ticket.ticket_id in ids]
        return sorted(matching, key=lambda ticket: ticket.ticket_id, reverse=True)

    async def _emails(self, tickets: Sequence[Ticket]) -> dict[str, str]:
        """By customer, where somebody has given one."""
        ids = {ticket.customer_id for ticket in tickets}
        own = {"_id": {"$in": sorted(ids)}, "$or": [{"edited": "email"}, {"imported": "email"}]}
        found = await self._db.customers.find(own, {"email": 1}).hint("_id_").to_list(None)
        return dict(readable(found, lambda customer: (customer["_id"], str(customer["email"])), "customer"))

    async def _having_all(
        self, ticket_ids: Sequence[str], beginnings: Sequence[str], also_in_subjects: Container[str]
    ) -> set[str]:
        wanted = [having(beginning, beginning in also_in_subjects) for beginning in beginnings]
        query = {"ticket_id": {"$in": ticket_ids}, "$and": wanted}
        return await tickets_of(self._db, query, "conversation")

    async def newest_having(self, ticket_ids: Sequence[str], wanted: Wanted) -> list[Message]:
        beginnings = wanted.left_for_messages("", "")
        return await newest_having(self._db, ticket_ids, beginnings)

    async def index_words(self, limit: int) -> int:
        workspaces = [workspace["_id"] async for workspace in self._db.workspaces.find({}, {"_id": 1}).hint("_id_")]
        without = {"workspace_id": {"$in": workspaces}, WORDS: _NONE_YET}
        found = await self._db.messages.find(without, {"text": 1}).hint(WORDS_INDEX).limit(limit).to_list(None)
        if writes := readable(found, _with_words, "message"):
            await self._db.messages.bulk_write(writes, ordered=False)
        return len(found)

    async def drop_old_index(self) -> None:
        await old_indexes.drop(self._db.messages, OLD_INDEXES)


def _with_words(message: Document) -> UpdateOne:
    """One that is erased meanwhile has no words any more."""
    return UpdateOne({"_id": message["_id"], WORDS: _NONE_YET}, {"$set": {WORDS: words_of(message["text"])}})


def _found_by(workspace_id: str, key: str) -> Document:
    """Customers who have a key that begins so."""
    return {"workspace_id": workspace_id, SEARCH_KEYS: {"$regex": f"^{key}"}}

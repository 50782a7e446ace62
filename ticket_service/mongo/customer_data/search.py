"""CustomerSearchStore on MongoDB.

A key that few customers have is looked up in the index of keys, and put in order here. One that many have is looked for
the other way round: in the newest customers first, until a page is full. So a page costs much the same whatever is
looked for, and however many customers there are.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne

from servicekit.mongo.readable import readable
from ticket_service.domain.addresses.phone_forms import all_forms
from ticket_service.domain.search.customer_keys import has_keys, keys_of
from ticket_service.domain.search.customers import CustomerFilter, FoundCustomers
from ticket_service.mongo.customers import SEARCH_INDEX, SEARCH_KEYS, customer_from_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document

# Of a long query so many keys are counted, the longest first: they are the rarest, as a rule.
_COUNTED = 5
_NONE_YET = {"$exists": False}


class MongoCustomerSearch:
    """A key that no more than `few` customers have is looked up; one of more is looked for in customers, in `step` at a
    time and in `most_customers` for a page."""

    def __init__(self, database: Database, few: int = 2000, most_customers: int = 3000, step: int = 500) -> None:
        self._db = database
        self._few = few
        self._most_customers = most_customers
        self._step = step

    async def search_customers(self, wanted: CustomerFilter, limit: int) -> FoundCustomers:
        if not wanted.asked_keys:
            found = self._db.customers.find(_query(wanted)).sort("_id", -1).hint(_index(wanted))
            return _page(await found.limit(limit + 1).to_list(None), limit)
        rarest, count = await self._rarest(wanted.workspace_id, wanted.asked_keys)
        if count <= self._few:
            return await self._of_few(wanted, rarest, limit)
        return await self._of_many(wanted, limit)

    async def _rarest(self, workspace_id: str, asked: Sequence[str]) -> tuple[str, int]:
        longest = sorted(asked, key=len, reverse=True)[:_COUNTED]
        counts = await asyncio.gather(*(self._count(workspace_id, beginning) for beginning in longest))
        return min(zip(longest, counts, strict=True), key=lambda found: found[1])

    async def _count(self, workspace_id: str, beginning: str) -> int:
        query = {"workspace_id": workspace_id, **_having(beginning)}
        return int(await self._db.customers.count_documents(query, hint=SEARCH_INDEX, limit=self._few + 1))

    async def _of_few(self, wanted: CustomerFilter, rarest: str, limit: int) -> FoundCustomers:
        others = [_having(beginning) for beginning in wanted.asked_keys if beginning != rarest]
        query = {**_query(wanted), **_having(rarest), **({"$and": others} if others else {})}
        ids = [document["_id"] async for document in self._db.customers.find(query, {"_id": 1}).hint(SEARCH_INDEX)]
        newest = sorted(ids, reverse=True)[: limit + 1]
        found = self._db.customers.find({"_id": {"$in": newest}}).sort("_id", -1)
        return _page(await found.to_list(None), limit)

    async def _of_many(self, wanted: CustomerFilter, limit: int) -> FoundCustomers:
        query, found = _query(wanted), list[Document]()
        for _ in range(0, self._most_customers, self._step):
            newest = self._db.customers.find(query).sort("_id", -1).hint(_index(wanted))
            step = await newest.limit(self._step).to_list(None)
            found += [customer for customer in step if has_keys(customer.get(SEARCH_KEYS, ()), wanted.asked_keys)]
            if len(found) > limit or len(step) < self._step:
                return _page(found, limit)
            query["_id"] = {"$lt": step[-1]["_id"]}
        return _page(found, limit, str(query["_id"]["$lt"]))

    async def index_customers(self, limit: int) -> int:
        workspaces = [workspace["_id"] async for workspace in self._db.workspaces.find({}, {"_id": 1}).hint("_id_")]
        without = {"workspace_id": {"$in": workspaces}, SEARCH_KEYS: _NONE_YET}
        found = await self._db.customers.find(without).hint(SEARCH_INDEX).limit(limit).to_list(None)
        if found:
            # One that is changed or forgotten meanwhile has other keys, or none.
            writes = readable(found, _indexed, "customer")
            if writes:
                await self._db.customers.bulk_write(writes, ordered=False)
        return len(found)


def _indexed(document: Document) -> UpdateOne:
    as_read = {"_id": document["_id"], "update_time": document["update_time"], SEARCH_KEYS: _NONE_YET}
    return UpdateOne(as_read, {"$set": {SEARCH_KEYS: keys_of(customer_from_document(document))}})


def _query(wanted: CustomerFilter) -> Document:
    query: Document = {"workspace_id": wanted.workspace_id}
    if wanted.address:
        query["address"] = {"$in": all_forms(wanted.address)}
    if wanted.blocked:
        query["blocked_time"] = {"$exists": True}
    if wanted.before:
        query["_id"] = {"$lt": wanted.before}
    return query


def _index(wanted: CustomerFilter) -> str:
    """Named, since ids alone are in an index, too, which has all workspaces."""
    if wanted.address:
        return "one_customer_per_address"
    return "blocked" if wanted.blocked else "newest"


def _having(beginning: str) -> dict[str, Any]:
    """Letters, digits and # mean nothing to a regular expression; one that begins with ^ is answered by an index."""
    return {SEARCH_KEYS: {"$regex": f"^{beginning}"}}


def _page(documents: Sequence[Document], limit: int, before: str = "") -> FoundCustomers:
    """`before`: where the search has stopped, when that is not the end; the page may be full before that."""
    if len(documents) > limit:
        before = str(documents[limit - 1]["_id"])
    return FoundCustomers(readable(documents[:limit], customer_from_document, "customer"), before)

"""IdleCustomerStore on MongoDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ticket_service.domain.forgetting import DecideForgetting
from ticket_service.mongo.customer_data.forgetting import NOT_ERASED, forget_if_nothing_is_left
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document

_READ = {"create_time": 1, "update_time": 1, "forget_time": 1}


class MongoIdleCustomers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: str, limit: int
    ) -> tuple[Sequence[str], str]:
        query = {"workspace_id": workspace_id, "_id": {"$gt": after}}
        found = self._db.customers.find(query, _READ).sort("_id", 1).hint("newest").limit(limit)
        page = await found.to_list(None)
        old = [one["_id"] for one in page if one["update_time"] < before and "forget_time" not in one]
        goes_on = len(page) == limit and page[-1]["create_time"] < before
        return await self._without_tickets(old) if old else [], page[-1]["_id"] if goes_on else ""

    async def _without_tickets(self, customer_ids: Sequence[str]) -> Sequence[str]:
        asked = self._db.customers.aggregate(stages_without_tickets(customer_ids))
        return [document["_id"] async for document in asked]

    async def forget_idle(self, customer_id: str, before: datetime, decide: DecideForgetting) -> None:
        unchanged = {"_id": customer_id, "update_time": {"$lt": before}, "forget_time": None}
        noted = {"customer_id": customer_id, "create_time": {"$gte": before}}

        async def work(session: Any) -> None:
            if await self._db.customers.find_one(unchanged, {"_id": 1}, session=session) is None:
                return
            if await self._db.customer_notes.find_one(noted, {"_id": 1}, session=session) is None:
                await forget_if_nothing_is_left(self._db, customer_id, decide, session)

        await self._db.in_transaction(work)


def stages_without_tickets(customer_ids: Sequence[str]) -> list[Document]:
    """The ids of those of whom no ticket holds anything. One of each is looked for, however many there are."""
    kept = [{"$match": NOT_ERASED}, {"$limit": 1}, {"$project": {"_id": 1}}]
    joined = {"localField": "_id", "foreignField": "customer_id", "pipeline": kept, "as": "kept"}
    return [
        {"$match": {"_id": {"$in": list(customer_ids)}}},
        {"$project": {"_id": 1}},
        {"$lookup": {"from": "tickets", **joined}},
        {"$match": {"kept": []}},
    ]

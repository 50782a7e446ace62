"""IdleCustomerStore on MongoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ticket_service.domain.forgetting import DecideForgetting
from ticket_service.domain.workspace import FOR_EVER
from ticket_service.mongo.customer_data.forgetting import NOT_ERASED, forget_if_nothing_is_left
from ticket_service.mongo.customers import UNCHANGED_INDEX
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document

# As in ports/customer_data/idle.py.
Position = tuple[datetime, str]


class MongoIdleCustomers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: Position | None, limit: int
    ) -> tuple[Sequence[str], Position | None]:
        query: Document = {"workspace_id": workspace_id, "forget_time": None, "update_time": {"$lt": before}}
        if after is not None:
            time, customer_id = after
            query["update_time"]["$gte"] = time
            query["$or"] = [{"update_time": {"$gt": time}}, {"update_time": time, "_id": {"$gt": customer_id}}]
        order = [("update_time", 1), ("_id", 1)]
        found = self._db.customers.find(query, {"update_time": 1}).hint(UNCHANGED_INDEX).sort(order).limit(limit)
        page = [(document["update_time"], document["_id"]) async for document in found]
        if not page:
            return [], None
        idle = self._db.customers.aggregate(stages_of_idle([customer_id for _, customer_id in page], before))
        return [document["_id"] async for document in idle], page[-1] if len(page) == limit else None

    async def forget_idle(self, customer_id: str, now: datetime, decide: DecideForgetting) -> None:
        async def work(session: Any) -> None:
            customer = await self._db.customers.find_one({"_id": customer_id}, {"workspace_id": 1}, session=session)
            retain = await self._retain_for(customer, session)
            if not retain:
                return
            unchanged = {"_id": customer_id, **_unchanged(now - retain)}
            if await self._db.customers.find_one(unchanged, {"_id": 1}, session=session) is None:
                return
            noted = {"customer_id": customer_id, "create_time": {"$gte": now - retain}}
            if await self._db.customer_notes.find_one(noted, {"_id": 1}, session=session) is None:
                await forget_if_nothing_is_left(self._db, customer_id, decide, session)

        await self._db.in_transaction(work)

    async def _retain_for(self, customer: Document | None, session: Any) -> timedelta:
        """The retention time of the customer's workspace, as it is now: somebody may have taken it back."""
        if customer is None:
            return FOR_EVER
        query = {"_id": customer["workspace_id"]}
        workspace = await self._db.workspaces.find_one(query, {"retain_seconds": 1}, session=session)
        return timedelta(seconds=workspace["retain_seconds"]) if workspace else FOR_EVER


def _unchanged(before: datetime) -> Document:
    """What somebody noted against texting them is kept: a list that brought them back would know nothing of it."""
    kept = {"no_texts": None, "blocked_time": None, "$nor": [{"listed_time": {"$gte": before}}]}
    return {"update_time": {"$lt": before}, "forget_time": None, **kept}


def stages_of_idle(customer_ids: Sequence[str], before: datetime) -> list[Document]:
    """The ids of those who are unchanged since `before` and of whom no ticket holds anything. One of each is looked
    for, however many there are."""
    kept = [{"$match": NOT_ERASED}, {"$limit": 1}, {"$project": {"_id": 1}}]
    joined = {"localField": "_id", "foreignField": "customer_id", "pipeline": kept, "as": "kept"}
    return [
        {"$match": {"_id": {"$in": list(customer_ids)}, **_unchanged(before)}},
        {"$project": {"_id": 1}},
        {"$lookup": {"from": "tickets", **joined}},
        {"$match": {"kept": []}},
    ]

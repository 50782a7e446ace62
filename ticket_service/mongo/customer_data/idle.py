"""IdleCustomerStore on MongoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ticket_service.domain.forgetting import DecideForgetting
from ticket_service.domain.workspace import FOR_EVER
from ticket_service.mongo.customer_data.forgetting import NOT_ERASED, forget_if_nothing_is_left
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document


class MongoIdleCustomers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: str, limit: int
    ) -> tuple[Sequence[str], str]:
        query = {"workspace_id": workspace_id, "_id": {"$gt": after}}
        found = self._db.customers.find(query, {"create_time": 1}).sort("_id", 1).hint("newest").limit(limit)
        page = await found.to_list(None)
        ids = [document["_id"] for document in page]
        goes_on = len(page) == limit and not all(_is_since(document.get("create_time"), before) for document in page)
        idle = self._db.customers.aggregate(stages_of_idle(ids, before))
        return [document["_id"] async for document in idle] if ids else [], ids[-1] if goes_on else ""

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


def _is_since(time: Any, before: datetime) -> bool:
    """Whether `time` is a time at or after `before`."""
    return isinstance(time, datetime) and time >= before


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

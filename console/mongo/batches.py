"""Batches as documents, for as long as somebody may take them back."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pymongo import IndexModel

from console.batches.batch import Batch, Step

_KEPT_FOR = timedelta(hours=1)


class MongoBatches:
    """Implements batch.BatchStore."""

    def __init__(self, database: Any) -> None:
        self._batches = database["batches"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        old = IndexModel([("create_time", 1)], name="old", expireAfterSeconds=int(_KEPT_FOR.total_seconds()))
        await self._batches.create_indexes([old])

    async def put(self, batch: Batch) -> None:
        fields = asdict(batch)
        await self._batches.insert_one({"_id": fields.pop("batch_id"), **fields})

    async def take(self, batch_id: str, agent_id: str, workspace_id: str) -> Batch | None:
        known = {"_id": batch_id, "agent_id": agent_id, "workspace_id": workspace_id}
        found = await self._batches.find_one_and_delete(known)
        if found is None:
            return None
        steps = tuple(Step(step["change"], step["value"], tuple(step["ticket_ids"])) for step in found["steps"])
        return Batch(batch_id, agent_id, workspace_id, steps, found["create_time"])

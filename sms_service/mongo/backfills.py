"""BackfillStore on MongoDB."""

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from servicekit.ids import new_id
from servicekit.mongo import leases
from sms_service.domain.backfill_number import Lease


class MongoBackfills:
    """Implements ports.backfills.BackfillStore. Every write is one atomic update of one document."""

    def __init__(self, backfills: Any) -> None:
        self._backfills = backfills

    async def claim(self, key: str, now: datetime, compared_before: datetime, lease_until: datetime) -> Lease | None:
        claimed = {"lease_id": new_id("lse")}
        due = {"_id": key, "compared_time": {"$lte": compared_before}}
        known = await leases.claim(self._backfills, "lease_until", now, lease_until, where=due, also=claimed)
        if known is not None:
            return _lease_from_document(known)
        document = {"_id": key, "lease_until": lease_until, "compared_time": leases.FREE, **claimed}
        try:
            await self._backfills.insert_one(document)
        except DuplicateKeyError:
            return None
        return _lease_from_document(document)

    async def advance(self, lease: Lease, watermark: datetime | None, lease_until: datetime) -> bool:
        change: dict[str, Any] = {"$set": {"lease_until": lease_until}}
        if watermark is not None:
            change["$max"] = {"watermark": watermark}
        mine = {"_id": lease.key, "lease_id": lease.lease_id}
        return bool((await self._backfills.update_one(mine, change)).matched_count)

    async def finish(self, lease: Lease, compared_time: datetime | None) -> None:
        mine = {"_id": lease.key, "lease_id": lease.lease_id}
        compared = {"compared_time": compared_time} if compared_time else {}
        await self._backfills.update_one(mine, {"$set": {"lease_until": leases.FREE, **compared}})


def _lease_from_document(document: dict[str, Any]) -> Lease:
    return Lease(document["_id"], document["lease_id"], document.get("watermark"))

"""BackfillStore on MongoDB."""

from datetime import UTC, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from servicekit.ids import new_id
from sms_service.domain.backfill_number import Lease

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class MongoBackfills:
    """Implements ports.backfills.BackfillStore. Every write is one atomic update of one document."""

    def __init__(self, backfills: Any) -> None:
        self._backfills = backfills

    async def claim(self, key: str, now: datetime, compared_before: datetime, lease_until: datetime) -> Lease | None:
        free = {"_id": key, "lease_until": {"$lte": now}, "compared_time": {"$lte": compared_before}}
        lease_id = new_id("lse")
        claimed = {"$set": {"lease_until": lease_until, "lease_id": lease_id}}
        before = await self._backfills.find_one_and_update(free, claimed)
        if before is not None:
            return Lease(key, lease_id, before.get("watermark"))
        document = {"_id": key, "lease_until": lease_until, "lease_id": lease_id, "compared_time": _NEVER}
        try:
            await self._backfills.insert_one(document)
        except DuplicateKeyError:
            return None
        return Lease(key, lease_id, None)

    async def advance(self, lease: Lease, watermark: datetime | None, lease_until: datetime) -> bool:
        change: dict[str, Any] = {"$set": {"lease_until": lease_until}}
        if watermark is not None:
            change["$max"] = {"watermark": watermark}
        mine = {"_id": lease.key, "lease_id": lease.lease_id}
        return bool((await self._backfills.update_one(mine, change)).matched_count)

    async def finish(self, lease: Lease, compared_time: datetime | None) -> None:
        mine = {"_id": lease.key, "lease_id": lease.lease_id}
        compared = {"compared_time": compared_time} if compared_time else {}
        await self._backfills.update_one(mine, {"$set": {"lease_until": _NEVER, **compared}})

"""BackfillStore on MongoDB. A number's document is named by its key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from servicekit.ids import new_id
from servicekit.mongo import leases
from servicekit.mongo.readable import first_readable, readable
from sms_service.domain.backfill_number import Lease, NumberStatus, SubscribedNumber

# How many texts that cannot be taken in are remembered of a number. They are met again for as long as comparisons
# overlap, minutes.
_REFUSED_KEPT = 1000
_REFUSED_SHOWN = 20
INDEXES = [IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="of_organization")]


class MongoBackfills:
    """Implements ports.backfills.BackfillStore. Every write is one atomic update of one document."""

    def __init__(self, backfills: Any) -> None:
        self._backfills = backfills

    async def claim(
        self, number: SubscribedNumber, now: datetime, compared_before: datetime, lease_until: datetime
    ) -> Lease | None:
        named = {
            "organization_id": number.organization_id,
            "account_sid": number.account_sid,
            "phone_number": number.phone_number,
            "since": number.subscribe_time,
        }
        # Not with the names: what replicas have met about is logged by mongod, and a phone number must stand in no log.
        lease = {"lease_id": new_id("lse")}
        due = {"_id": number.key, "compared_time": {"$lte": compared_before}}
        known = await leases.claim(self._backfills, "lease_until", now, lease_until, where=due, also=lease)
        if known is not None:
            if {name: known.get(name) for name in named} != named:
                await self._backfills.update_one({"_id": number.key, **lease}, {"$set": named})
            return _lease_from_document(known)
        document = {
            "compared_time": leases.FREE,
            **await self._of_version_before(number),
            "_id": number.key,
            "lease_until": lease_until,
            **lease,
            **named,
        }
        try:
            await self._backfills.insert_one(document)
        except DuplicateKeyError:
            return None
        return _lease_from_document(document)

    async def _of_version_before(self, number: SubscribedNumber) -> dict[str, Any]:
        """How far a version before has compared the number, which it named by its account and itself."""
        named = {"_id": f"{number.account_sid}:{number.phone_number}"}
        known = await self._backfills.find_one(named, {"watermark": 1, "compared_time": 1, "_id": 0})
        return known or {}

    async def advance(self, lease: Lease, watermark: datetime | None, lease_until: datetime) -> bool:
        change: dict[str, Any] = {"$set": {"lease_until": lease_until}}
        if watermark is not None:
            change["$max"] = {"watermark": watermark}
        return bool((await self._backfills.update_one(_mine(lease), change)).matched_count)

    async def finish(self, lease: Lease, compared_time: datetime | None, trouble: str | None = None) -> None:
        known = {"compared_time": compared_time, "trouble": trouble}
        news = {name: value for name, value in known.items() if value is not None}
        await self._backfills.update_one(_mine(lease), {"$set": {"lease_until": leases.FREE, **news}})

    async def note_refused(self, lease: Lease, message_sid: str, audit_record_id: str, now: datetime) -> str:
        noted = {"sid": message_sid, "audit_record_id": audit_record_id, "recorded": False}
        await self._backfills.update_one(
            {"_id": lease.key, "refused.sid": {"$ne": message_sid}},
            {
                "$push": {"refused": {"$each": [noted], "$slice": -_REFUSED_KEPT}},
                "$inc": {"refused_count": 1},
                "$set": {"refused_time": now},
            },
        )
        this = {"refused": {"$elemMatch": {"sid": message_sid}}}
        found = await self._backfills.find_one({"_id": lease.key}, this)
        known: str = found["refused"][0]["audit_record_id"]
        return known

    async def refused_is_recorded(self, lease: Lease, message_sid: str) -> None:
        this = {"_id": lease.key, "refused.sid": message_sid}
        await self._backfills.update_one(this, {"$set": {"refused.$.recorded": True}})

    async def list_statuses(self, organization_id: str, after: str, limit: int) -> list[NumberStatus]:
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = self._backfills.find(query, _SHOWN).sort("_id", 1)
        return await first_readable(found, limit, _status_from_document, "comparison of a number")

    async def statuses(self, keys: Sequence[str]) -> dict[str, NumberStatus]:
        query = {"_id": {"$in": list(keys)}, "organization_id": {"$exists": True}}
        found = await self._backfills.find(query, _SHOWN).to_list(None)
        return {status.key: status for status in readable(found, _status_from_document, "comparison of a number")}


_SHOWN = {"refused": {"$slice": -_REFUSED_SHOWN}}


def _mine(lease: Lease) -> dict[str, Any]:
    return {"_id": lease.key, "lease_id": lease.lease_id}


def _lease_from_document(document: dict[str, Any]) -> Lease:
    recorded = frozenset(refused["sid"] for refused in document.get("refused", ()) if refused["recorded"])
    return Lease(document["_id"], document["lease_id"], document.get("watermark"), recorded)


def _status_from_document(document: dict[str, Any]) -> NumberStatus:
    compared = document["compared_time"]
    return NumberStatus(
        organization_id=document["organization_id"],
        account_sid=document["account_sid"],
        phone_number=document["phone_number"],
        since=document["since"],
        compared_time=None if compared == leases.FREE else compared,
        trouble=document.get("trouble", ""),
        refused=document.get("refused_count", 0),
        refused_sids=tuple(refused["sid"] for refused in document.get("refused", ())),
        refused_time=document.get("refused_time"),
    )

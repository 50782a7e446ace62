"""BackfillStore on MongoDB. A number's document is named by its key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from servicekit.ids import new_id
from servicekit.mongo import leases
from servicekit.mongo.readable import first_readable, readable
from sms_service.domain.backfill_number import Lease, NumberStatus, SubscribedNumber

Document = dict[str, Any]
# Two replicas that compare one number do no harm.
_LONGER_THAN_ANY = timedelta(minutes=5)
# How far a number was compared: as it is certain, and as the version before writes it, by clocks that may be ahead.
_WATERMARKS = ("compared_until", "watermark")
# How many texts that cannot be taken in are remembered of a number. They are met again for as long as comparisons
# overlap, minutes.
_REFUSED_KEPT = 1000
_REFUSED_SHOWN = 20
INDEXES = [IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="of_organization")]


class MongoBackfills:
    """Implements ports.backfills.BackfillStore. Every write is one atomic update of one document."""

    def __init__(self, backfills: Any) -> None:
        self._backfills = backfills

    async def now(self) -> datetime:
        asked = self._backfills.database.command("hello", codec_options=self._backfills.codec_options)
        shown: datetime = (await asked)["localTime"]
        return shown

    async def claim(self, number: SubscribedNumber, compared_before: timedelta, lasts: timedelta) -> Lease | None:
        named = {
            "organization_id": number.organization_id,
            "account_sid": number.account_sid,
            "phone_number": number.phone_number,
            "since": number.subscribe_time,
        }
        # Not with the names: what replicas have met about is logged by mongod, and a phone number must stand in no log.
        lease_id = new_id("lse")
        due = {
            "_id": number.key,
            "$expr": {"$and": [_is_over("lease_until"), _is_over("compared_time", compared_before)]},
        }
        taken: list[Document] = [{"$set": {"lease_until": _after(lasts), "lease_id": lease_id}}]
        known = await self._backfills.find_one_and_update(due, taken, return_document=ReturnDocument.AFTER)
        if known is None:
            known = await self._first_claim(number, lease_id, named, taken)
        elif {name: known.get(name) for name in named} != named:
            subscribed = {name: {"$literal": value} for name, value in named.items()}
            change = [{"$set": {**subscribed, "known_time": "$$NOW"}}]
            await self._backfills.update_one({"_id": number.key, "lease_id": lease_id}, change)
        return None if known is None else _lease_from_document(known, number)

    async def _first_claim(
        self, number: SubscribedNumber, lease_id: str, named: Document, taken: list[Document]
    ) -> Document | None:
        """The document that is made for a number; None if there is one, which somebody has, or which is not due."""
        document = {
            "compared_time": leases.FREE,
            **await self._of_version_before(number),
            "_id": number.key,
            # Nobody has it yet: how long it is somebody's is for the database to say.
            "lease_until": leases.FREE,
            "lease_id": lease_id,
            **named,
        }
        try:
            await self._backfills.insert_one(document)
        except DuplicateKeyError:
            return None
        mine = {"_id": number.key, "lease_id": lease_id}
        known = [*taken, {"$set": {"known_time": "$$NOW"}}]
        found: Document | None = await self._backfills.find_one_and_update(
            mine, known, return_document=ReturnDocument.AFTER
        )
        return found

    async def _of_version_before(self, number: SubscribedNumber) -> Document:
        """How far a version before has compared the number, which it named by its account and itself."""
        named = {"_id": f"{number.account_sid}:{number.phone_number}"}
        known = await self._backfills.find_one(named, {"watermark": 1, "compared_time": 1, "_id": 0})
        return known or {}

    async def advance(self, lease: Lease, watermark: datetime | None, lasts: timedelta) -> bool:
        change: Document = {"lease_until": _after(lasts)}
        if watermark is not None:
            change |= {name: {"$max": ["$" + name, watermark]} for name in _WATERMARKS}
        return bool((await self._backfills.update_one(_mine(lease), [{"$set": change}])).matched_count)

    async def begin_at(self, lease: Lease, number: SubscribedNumber, begin: datetime) -> None:
        stands = {"for": number.subscribe_time, "begin": begin}
        change = {"$set": {"begins": stands}, "$unset": dict.fromkeys(_WATERMARKS, "")}
        await self._backfills.update_one(_mine(lease), change)

    async def finish(
        self, lease: Lease, compared: bool, trouble: str | None = None, clock_ahead: timedelta | None = None
    ) -> None:
        known = {
            "compared_time": "$$NOW" if compared else None,
            "trouble": None if trouble is None else {"$literal": trouble},
            "clock_ahead_seconds": None if clock_ahead is None else clock_ahead.total_seconds(),
        }
        news = {name: value for name, value in known.items() if value is not None}
        await self._backfills.update_one(_mine(lease), [{"$set": {"lease_until": leases.FREE, **news}}])

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


def _mine(lease: Lease) -> Document:
    return {"_id": lease.key, "lease_id": lease.lease_id}


def _after(time: timedelta) -> Document:
    """So long from now by the database's clock: those of replicas may differ, or jump."""
    return {"$add": ["$$NOW", time // timedelta(milliseconds=1)]}


def _is_over(name: str, since: timedelta = timedelta(0)) -> Document:
    """Whether that time was, and so long ago. One that is longer ahead than any lease is of a clock that was ahead."""
    time: Document = {"$ifNull": ["$" + name, leases.FREE]}
    return {"$or": [{"$lte": [time, _after(-since)]}, {"$gt": [time, _after(_LONGER_THAN_ANY)]}]}


def _lease_from_document(document: Document, number: SubscribedNumber) -> Lease:
    recorded = frozenset(refused["sid"] for refused in document.get("refused", ()) if refused["recorded"])
    stands = document.get("begins") or {}
    begin = stands["begin"] if stands.get("for") == number.subscribe_time else None
    watermark = next((document[name] for name in _WATERMARKS if name in document), None)
    return Lease(document["_id"], document["lease_id"], watermark, recorded, begin)


def _status_from_document(document: Document) -> NumberStatus:
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
        clock_ahead=timedelta(seconds=document.get("clock_ahead_seconds", 0)),
        known_time=document.get("known_time"),
    )

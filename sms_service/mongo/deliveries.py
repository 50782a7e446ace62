"""DeliveryStore on MongoDB."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from servicekit.clock import utc_now
from servicekit.errors import Aborted
from servicekit.mongo import leases
from sms_service import errors
from sms_service.domain.delivery import Claim, Delivery, DeliveryNews, advance
from sms_service.mongo.delivery_batches import DeliveryBatches
from sms_service.mongo.delivery_leases import NOBODYS, first_lease, next_lease

Document = dict[str, Any]
_ATTEMPTS = 20
_HANDED_ON_WITHIN = timedelta(minutes=1)
# For a check.
_LONGER_THAN_ANY_WAIT = timedelta(days=3)
# What news of a delivery changes.
_NEWS = ("status", "error_code", "error_text", "temporary", "opted_out")
_NOT_SETTLED = {"message_sid": "", "refused": False}


INDEXES = [
    IndexModel(
        [("account_sid", ASCENDING), ("message_sid", ASCENDING)],
        name="one_record_per_message_sid",
        unique=True,
        partialFilterExpression={"message_sid": {"$gt": ""}},
    ),
    IndexModel(
        [("check_due", ASCENDING)],
        name="check_due",
        partialFilterExpression={"check_due": {"$exists": True}},
    ),
]


class MongoDeliveries:
    """Implements ports.deliveries.DeliveryStore. Each record is written by atomic updates of one document."""

    def __init__(self, deliveries: Any, check_after: timedelta) -> None:
        """`check_after`: how long without final news before they are asked for."""
        self._deliveries = deliveries
        self._batches = DeliveryBatches(deliveries)
        self._check_after = check_after

    async def claim(self, delivery: Delivery, lease_until: datetime, lease: timedelta) -> Claim:
        if await self._batches.insert({**_delivery_to_document(delivery), **first_lease(lease_until, lease)}):
            return Claim(delivery, mine=True, again=False, lease_until=lease_until)
        return await self._claim_again(delivery, lease_until, lease)

    async def _claim_again(self, delivery: Delivery, lease_until: datetime, lease: timedelta) -> Claim:
        message_id = delivery.message_id
        free = {"_id": message_id, "organization_id": delivery.organization_id, **_NOT_SETTLED, **NOBODYS}
        claimed = await self._deliveries.find_one_and_update(
            free, [{"$set": next_lease(delivery, lease_until, lease)}], return_document=ReturnDocument.AFTER
        )
        if claimed is None:
            known = _delivery_from_document(await self._deliveries.find_one({"_id": message_id}))
            return Claim(known, mine=False, again=True, lease_until=lease_until)
        known, again = _delivery_from_document(claimed), claimed["lease"]["again"]
        return Claim(known, mine=True, again=again, lease_until=lease_until, claim_time=claimed["lease_time"])

    async def get(self, message_id: str) -> Delivery | None:
        document = await self._batches.get(message_id)
        return _delivery_from_document(document) if document else None

    async def settle(self, delivery: Delivery) -> Delivery:
        known: Document = {
            "message_sid": delivery.message_sid,
            "segments": delivery.segments,
            "refused": delivery.refused,
            "presumed": delivery.presumed,
        }
        news = {name: getattr(delivery, name) for name in _NEWS}
        if delivery.message_sid:
            known["check_due"] = utc_now() + self._check_after
        unless_a_callback_came = {"_id": delivery.message_id, "status": ""}
        if await self._batches.update(unless_a_callback_came, {**known, **news}):
            return delivery
        return await self._settle_alone(delivery, unless_a_callback_came, {**known, **news})

    async def _settle_alone(self, delivery: Delivery, unless_a_callback_came: Document, changes: Document) -> Delivery:
        try:
            first = await self._deliveries.find_one_and_update(
                unless_a_callback_came, {"$set": changes}, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            # An equal text to the same customer found it in Twilio's log first. One of the two is still to be sent.
            raise errors.send_outcome_unknown() from None
        if first is not None:
            return _delivery_from_document(first)
        await self._deliveries.update_one({"_id": delivery.message_id}, {"$set": {"segments": delivery.segments}})
        return await self.get(delivery.message_id) or delivery

    async def attempt(self, message_id: str, account_sid: str) -> None:
        changes = {"attempt_time": "$$NOW", "account_sid": {"$literal": account_sid}}
        await self._deliveries.update_one({"_id": message_id}, [{"$set": changes}])

    async def release(self, claim: Claim) -> None:
        mine = {"_id": claim.delivery.message_id, "lease_until": claim.lease_until}
        changes = {"lease_until": leases.FREE if claim.again else None, "place_time": claim.delivery.place_time}
        await self._batches.update(mine, changes)

    async def claim_check(self, now: datetime, lease_until: datetime) -> Delivery | None:
        document = await leases.claim(self._deliveries, "check_due", now, lease_until, longest=_LONGER_THAN_ANY_WAIT)
        return _delivery_from_document(document) if document else None

    async def release_check(self, message_id: str, lease_until: datetime) -> None:
        await self.finish_check(message_id, lease_until, leases.FREE)

    async def erase(self, ended: Delivery) -> Delivery | None:
        owner = {name: getattr(ended, name) for name in ("organization_id", "workspace_id")}
        mine = {"_id": ended.message_id, **owner}
        # What was not sent may be of an account that the number was in before.
        settled = {"account_sid": ended.account_sid, "$or": [{"message_sid": {"$gt": ""}}, {"refused": True}]}
        free = {**_NOT_SETTLED, **NOBODYS}
        end = {name: getattr(ended, name) for name in ("refused", "status", "error_text", "to_address")}
        for which, changes in ((settled, {"to_address": ended.to_address}), (free, end)):
            after = await self._deliveries.find_one_and_update(
                {**mine, **which}, {"$set": changes}, return_document=ReturnDocument.AFTER
            )
            if after is not None:
                return _delivery_from_document(after)
        try:
            await self._deliveries.insert_one({**_delivery_to_document(ended), "lease_until": None})
        except DuplicateKeyError:
            return None
        return ended

    async def finish_check(self, message_id: str, lease_until: datetime, next_due: datetime | None) -> None:
        change = {"$set": {"check_due": next_due}} if next_due else {"$unset": {"check_due": ""}}
        await self._deliveries.update_one({"_id": message_id, "check_due": lease_until}, change)

    async def record_news(
        self,
        message_id: str,
        news: DeliveryNews,
        known: Delivery | None = None,
        move: Callable[[Delivery, DeliveryNews], Delivery] = advance,
    ) -> Delivery | None:
        for _ in range(_ATTEMPTS):
            before, known = known or await self.get(message_id), None
            if before is None:
                return None
            after = move(before, news)
            if after == before:
                return after
            read = ("status", "message_sid", "error_code")
            unchanged = {"_id": message_id, **{name: getattr(before, name) for name in read}}
            changes = {name: getattr(after, name) for name in ("message_sid", "presumed", "segments", *_NEWS)}
            # Whoever hands these news on may fail to; then they are handed on by the check.
            within = min(self._check_after, _HANDED_ON_WITHIN) if after.final else self._check_after
            changes["check_due"] = utc_now() + within
            if await self._batches.update(unchanged, changes):
                return after
            if await self._is_of_another(after):
                return None
        raise Aborted("SEND_IN_PROGRESS", "this message's record changes too fast; ask again")

    async def _is_of_another(self, delivery: Delivery) -> bool:
        """Whether another record has its message_sid."""
        named = {"account_sid": delivery.account_sid, "message_sid": {"$eq": delivery.message_sid, "$gt": ""}}
        return await self._deliveries.find_one({**named, "_id": {"$ne": delivery.message_id}}, {"_id": 1}) is not None

    async def known_sids(self, account_sid: str, message_sids: Collection[str]) -> set[str]:
        query = {"account_sid": account_sid, "message_sid": {"$in": list(message_sids), "$gt": ""}}
        found = await self._deliveries.find(query, {"message_sid": 1}).to_list(None)
        return {document["message_sid"] for document in found}


def _delivery_to_document(delivery: Delivery) -> Document:
    fields = dict(vars(delivery))
    return {"_id": fields.pop("message_id"), **fields}


def _delivery_from_document(document: Document) -> Delivery:
    fields = {name: document[name] for name in Delivery.__dataclass_fields__ if name in document}
    return Delivery(message_id=document["_id"], **fields)

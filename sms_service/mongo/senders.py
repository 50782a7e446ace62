"""SenderStore on MongoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument

from sms_service.domain.stopped_sender import REPORTED_STOP_LASTS, SenderKey, StoppedSender

Document = dict[str, Any]
INDEXES = [IndexModel([("account_sid", ASCENDING)], name="account")]
_MOST = 100


class MongoSenders:
    """See store.SenderStore. Every write is one atomic update of one document."""

    def __init__(self, stopped_senders: Any, sending_places: Any) -> None:
        self._stopped = stopped_senders
        self._places = sending_places

    async def stopped(self, keys: Sequence[SenderKey]) -> list[StoppedSender]:
        """See store.SenderStore."""
        found = await self._stopped.find({"_id": {"$in": [str(key) for key in keys]}}).to_list(None)
        return [_to_stopped(document) for document in found]

    async def stopped_of_account(self, account_sid: str) -> list[StoppedSender]:
        """See store.SenderStore."""
        found = await self._stopped.find({"account_sid": account_sid}).sort("_id", 1).limit(_MOST).to_list(None)
        return [_to_stopped(document) for document in found]

    async def count_stopped(self, now: datetime) -> int:
        """See store.SenderStore."""
        holds = {"$or": [{"reported": False}, {"stop_time": {"$gt": now - REPORTED_STOP_LASTS}}]}
        return int(await self._stopped.count_documents(holds))

    async def stop(self, stopped: StoppedSender) -> bool:
        """See store.SenderStore."""
        news = {"error_code": stopped.error_code, "error_text": stopped.error_text}
        first = {
            "account_sid": stopped.key.account_sid,
            "phone_number": stopped.key.phone_number,
            "stop_time": stopped.stop_time,
            "probe_due": stopped.probe_due,
            "probe_wait_seconds": stopped.probe_wait.total_seconds(),
            "reported": stopped.reported,
        }
        over = {
            "_id": str(stopped.key),
            "reported": True,
            "stop_time": {"$lte": stopped.stop_time - REPORTED_STOP_LASTS},
        }
        await self._stopped.delete_one(over)
        written = await self._stopped.update_one(
            {"_id": str(stopped.key)}, {"$set": news, "$setOnInsert": first}, upsert=True
        )
        return written.upserted_id is not None

    async def take_probe(self, stopped: StoppedSender, now: datetime, next_due: datetime, wait: timedelta) -> bool:
        """See store.SenderStore."""
        due = {"_id": str(stopped.key), "probe_due": {"$lte": now}}
        after = {"probe_due": next_due, "probe_wait_seconds": wait.total_seconds()}
        return bool((await self._stopped.update_one(due, {"$set": after})).matched_count)

    async def resume(self, key: SenderKey) -> bool:
        """See store.SenderStore."""
        return bool((await self._stopped.delete_one({"_id": str(key)})).deleted_count)

    async def resume_account(self, account_sid: str) -> bool:
        """See store.SenderStore."""
        return bool((await self._stopped.delete_many({"account_sid": account_sid})).deleted_count)

    async def book(self, key: SenderKey, now: datetime, takes: timedelta) -> datetime:
        """See store.SenderStore."""
        milliseconds = max(round(takes.total_seconds() * 1000), 1)
        booked = await self._places.find_one_and_update(
            {"_id": str(key)},
            [
                {"$set": {"place_time": {"$max": ["$free_time", now]}}},
                {"$set": {"free_time": {"$add": ["$place_time", milliseconds]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        place: datetime = booked["place_time"]
        return place.astimezone(UTC)


def _to_stopped(document: Document) -> StoppedSender:
    return StoppedSender(
        key=SenderKey(document["account_sid"], document["phone_number"]),
        error_code=document["error_code"],
        error_text=document["error_text"],
        stop_time=document["stop_time"],
        probe_due=document["probe_due"],
        probe_wait=timedelta(seconds=document["probe_wait_seconds"]),
        reported=document["reported"],
    )

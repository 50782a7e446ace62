"""StoppedSenderStore on MongoDB. A number's document is named by its key: mongod logs the names of what two replicas
have met about, and a phone number must stand in no log."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.gathering import Gatherer
from servicekit.mongo.readable import readable
from sms_service.domain.stopped_sender import REPORTED_STOP_LASTS, SenderKey, StoppedSender
from sms_service.mongo.names import NAMED_BY_NUMBER, readable_of_version_before
from sms_service.mongo.trips import TRIPS

Document = dict[str, Any]
INDEXES = [IndexModel([("account_sid", ASCENDING)], name="account")]
_MOST = 100


class MongoStoppedSenders:
    """Implements ports.stopped_senders.StoppedSenderStore. Every write is one atomic update of one document."""

    def __init__(self, stopped_senders: Any) -> None:
        self._stopped = stopped_senders
        self._reads: Gatherer[frozenset[str], list[Document]] = Gatherer(self._read, **TRIPS)

    async def prepare(self) -> None:
        """Renames what a version before has named by the numbers themselves."""
        documents = self._stopped.find({"_id": {"$regex": NAMED_BY_NUMBER}})
        async for name, stopped in readable_of_version_before(documents, _renamed, "stopped sender"):
            this = {"_id": stopped.pop("_id")}
            await self._stopped.update_one(this, {"$setOnInsert": stopped}, upsert=True)
            await self._stopped.delete_one({"_id": name})

    async def stopped(self, keys: Sequence[SenderKey]) -> list[StoppedSender]:
        found = await self._reads.submit(frozenset(key.name for key in keys))
        return readable(found, _stopped_sender_from_document, "stopped sender")

    async def _read(self, asked: list[frozenset[str]]) -> list[list[Document]]:
        """One find for all that are asked for while another one is on its way."""
        found = await self._stopped.find({"_id": {"$in": sorted(frozenset().union(*asked))}}).to_list(None)
        return [[document for document in found if document["_id"] in keys] for keys in asked]

    async def stopped_of_account(self, account_sid: str) -> list[StoppedSender]:
        found = await self._stopped.find({"account_sid": account_sid}).sort("_id", 1).limit(_MOST).to_list(None)
        return readable(found, _stopped_sender_from_document, "stopped sender")

    async def count_stopped(self, now: datetime) -> int:
        holds = {"$or": [{"reported": False}, {"stop_time": {"$gt": now - REPORTED_STOP_LASTS}}]}
        return int(await self._stopped.count_documents(holds))

    async def stop(self, stopped: StoppedSender) -> bool:
        first = _stopped_sender_to_document(stopped)
        key = {"_id": first.pop("_id")}
        news = {name: first.pop(name) for name in ("error_code", "error_text")}
        over = {
            **key,
            "reported": True,
            "stop_time": {"$lte": stopped.stop_time - REPORTED_STOP_LASTS},
        }
        await self._stopped.delete_one(over)
        written = await self._stopped.update_one(key, {"$set": news, "$setOnInsert": first}, upsert=True)
        return written.upserted_id is not None

    async def take_probe(self, stopped: StoppedSender, next_due: datetime, wait: timedelta) -> bool:
        untaken = {"_id": stopped.key.name, "probe_due": stopped.probe_due}
        after = {"probe_due": next_due, "probe_wait_seconds": wait.total_seconds()}
        return bool((await self._stopped.update_one(untaken, {"$set": after})).matched_count)

    async def resume(self, key: SenderKey) -> bool:
        # By its fields: a replica of a version before may have named it otherwise.
        this = {"account_sid": key.account_sid, "phone_number": key.phone_number}
        return bool((await self._stopped.delete_many(this)).deleted_count)

    async def resume_account(self, account_sid: str) -> bool:
        return bool((await self._stopped.delete_many({"account_sid": account_sid})).deleted_count)


def _renamed(document: Document) -> Document:
    return _stopped_sender_to_document(_stopped_sender_from_document(document))


def _stopped_sender_to_document(stopped: StoppedSender) -> Document:
    return {
        "_id": stopped.key.name,
        "account_sid": stopped.key.account_sid,
        "phone_number": stopped.key.phone_number,
        "error_code": stopped.error_code,
        "error_text": stopped.error_text,
        "stop_time": stopped.stop_time,
        "probe_due": stopped.probe_due,
        "probe_wait_seconds": stopped.probe_wait.total_seconds(),
        "reported": stopped.reported,
    }


def _stopped_sender_from_document(document: Document) -> StoppedSender:
    return StoppedSender(
        key=SenderKey(document["account_sid"], document["phone_number"]),
        error_code=document["error_code"],
        error_text=document["error_text"],
        stop_time=document["stop_time"],
        probe_due=document["probe_due"],
        probe_wait=timedelta(seconds=document["probe_wait_seconds"]),
        reported=document["reported"],
    )

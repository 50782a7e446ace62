"""The outbox of audit entries on MongoDB: one queue per organization, numbered within the transactions that fill it."""

from datetime import timedelta
from typing import Any

import structlog
from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from credentials_service.audit_seals import AuditSeals, LostSealKey, UnknownSealKey
from credentials_service.store import AuditEntry
from servicekit.mongo.leases import FREE
from servicekit.rpc.request_context import Actor

Document = dict[str, Any]
# Of what is logged: whoever changes an entry may write anything there.
_KEY_ID_CHARACTERS = 100
_log = structlog.get_logger(__name__)
# What was set aside: it is not ours, or the key that could tell is lost.
_REFUSED, _LOST_KEY = "refused", "lost_key"
_WAITING = {_REFUSED: {"$ne": True}, _LOST_KEY: {"$ne": True}}
_ORDER = [("organization_id", ASCENDING), ("sequence", ASCENDING), ("_id", ASCENDING)]


class MongoOutbox:
    """Implements store.AuditOutbox."""

    def __init__(self, database: Any, seals: AuditSeals) -> None:
        self._seals = seals
        self._entries = database["audit_outbox"]
        self._sequences = database["audit_sequences"]
        self._leases = database["audit_leases"]

    async def prepare(self) -> None:
        """Creates the collections, so that no transaction has to, and the index."""
        await self._entries.create_indexes([IndexModel(_ORDER, name="queue")])
        await self._sequences.update_one({"_id": ""}, {"$setOnInsert": {"value": 0}}, upsert=True)

    async def add(self, entry: AuditEntry, session: Any) -> None:
        """Puts an entry at the end of its organization's queue, within a transaction.

        The number comes from a document that every such transaction changes: a later commit has a higher one, whatever
        the replicas' clocks say, and no reader sees an entry before those that precede it.
        """
        counter = await self._sequences.find_one_and_update(
            {"_id": entry.organization_id}, {"$inc": {"value": 1}}, upsert=True, session=session
        )
        sequence = (counter["value"] if counter else 0) + 1
        placed = {"sequence": sequence, "seal": self._seals.seal(entry, sequence)}
        await self._entries.insert_one({**_entry_to_document(entry), **placed}, session=session)

    async def organizations(self) -> list[str]:
        found = await self._entries.distinct("organization_id")
        # What somebody changed may be anything.
        return sorted(name for name in found if isinstance(name, str))

    async def claim(self, organization_id: str, owner: str, lease: timedelta) -> bool:
        # Somebody else's lease is written as it is. By the database's clock: those of replicas may differ, or jump.
        mine: Document = {"$or": [{"$eq": ["$owner", owner]}, {"$lte": [{"$ifNull": ["$until", FREE]}, "$$NOW"]}]}
        claimed: Document = {
            "owner": {"$cond": [mine, owner, "$owner"]},
            "until": {"$cond": [mine, _after(lease), "$until"]},
        }
        try:
            known = await self._leases.find_one_and_update(
                {"_id": organization_id}, [{"$set": claimed}], upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            # Two at once claimed what nobody had claimed before.
            return False
        return bool(known["owner"] == owner)

    async def count_by_key(self) -> dict[str, int]:
        """How many entries each key has sealed, without those that were set aside."""
        # A seal begins with its key's id; what has none was not sealed here.
        pipeline: list[Document] = [
            {"$match": {**_WAITING, "seal": {"$type": "string"}}},
            {"$group": {"_id": {"$first": {"$split": ["$seal", " "]}}, "count": {"$sum": 1}}},
        ]
        found = await self._entries.aggregate(pipeline).to_list(None)
        return {document["_id"]: document["count"] for document in found}

    async def oldest(self, organization_id: str, limit: int) -> list[AuditEntry]:
        cursor = self._entries.find({"organization_id": organization_id, **_WAITING})
        entries: list[AuditEntry] = []
        for document in await cursor.sort(_ORDER).limit(limit).to_list(None):
            try:
                entry = self._genuine(document)
            except LostSealKey as error:
                await self._set_aside(document, _LOST_KEY, "an audit entry was sealed with a lost key", error.key_id)
                continue
            except UnknownSealKey as error:
                key_id = error.key_id[:_KEY_ID_CHARACTERS]
                _log.error(
                    "an audit entry waits for the key that sealed it", organization_id=organization_id, key_id=key_id
                )
                break
            if entry is None:
                await self._set_aside(document, _REFUSED, "an audit entry was changed, or put there by somebody else")
            else:
                entries.append(entry)
        return entries

    def _genuine(self, document: Document) -> AuditEntry | None:
        """The entry; None if it is none that was put here by us. Raises UnknownSealKey, LostSealKey."""
        try:
            entry, seal = _entry_from_document(document), document.get("seal")
            sealed = isinstance(seal, str) and self._seals.is_genuine(entry, document["sequence"], seal)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        return entry if sealed else None

    async def _set_aside(self, document: Document, mark: str, why: str, key_id: str = "") -> None:
        """It stays, as evidence, and is never handed over."""
        _log.error(why, audit_record_id=str(document["_id"]), key_id=key_id)
        await self._entries.update_one({"_id": document["_id"]}, {"$set": {mark: True}})

    async def remove(self, audit_record_ids: list[str]) -> None:
        await self._entries.delete_many({"_id": {"$in": audit_record_ids}})

    async def release(self, organization_id: str, owner: str, put_off: timedelta = timedelta(0)) -> None:
        free: Document = {"owner": "", "until": _after(put_off)}
        await self._leases.update_one({"_id": organization_id, "owner": owner}, [{"$set": free}])


def _after(wait: timedelta) -> Document:
    """A time by the database's clock."""
    return {"$add": ["$$NOW", round(wait.total_seconds() * 1000)]}


def _entry_to_document(entry: AuditEntry) -> Document:
    return {
        "_id": entry.audit_record_id,
        "organization_id": entry.organization_id,
        "action": entry.action,
        "subject_id": entry.subject_id,
        "actor": {"kind": entry.actor.kind, "id": entry.actor.id},
        "time": entry.time,
        "details": entry.details,
    }


def _entry_from_document(document: Document) -> AuditEntry:
    return AuditEntry(
        document["_id"],
        document["organization_id"],
        document["action"],
        document["subject_id"],
        Actor(**document["actor"]),
        document["time"],
        document["details"],
    )

"""The store on MongoDB, through motor: credentials, and the outbox of their audit entries."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ASCENDING, IndexModel

from credentials_service.credential import Credential, Sealed, Version
from credentials_service.store import AuditEntry
from servicekit.mongodb import CLIENT_OPTIONS, in_transaction
from servicekit.request_context import Actor

Document = dict[str, Any]


class MongoStore:
    """Implements store.CredentialStore and store.AuditOutbox."""

    def __init__(self, uri: str, database: str) -> None:
        """`uri` is the connection string of a replica set. Connects when first used."""
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, **CLIENT_OPTIONS)
        self._credentials: Any = self._client[database]["credentials"]
        self._outbox: Any = self._client[database]["audit_outbox"]
        self._leases: Any = self._client[database]["leases"]

    async def prepare(self) -> None:
        """Creates the indexes and the outbox's lease, where they are missing."""
        one_per_account = IndexModel([("account_sid", ASCENDING)], name="one_credential_per_account", unique=True)
        listing = IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest")
        await self._credentials.create_indexes([one_per_account, listing])
        await self._outbox.create_indexes([IndexModel([("time", ASCENDING), ("_id", ASCENDING)], name="oldest")])
        await self._leases.update_one({"_id": "audit_outbox"}, {"$setOnInsert": {"until": None}}, upsert=True)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    async def get(self, account_sid: str) -> Credential | None:
        """See store.CredentialStore."""
        document = await self._credentials.find_one({"account_sid": account_sid})
        return _to_credential(document) if document else None

    async def list_credentials(self, organization_id: str, after: str, limit: int) -> list[Credential]:
        """See store.CredentialStore."""
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = await self._credentials.find(query).sort("_id", 1).limit(limit).to_list(None)
        return [_to_credential(document) for document in found]

    async def create(self, credential: Credential, entry: AuditEntry) -> bool:
        """See store.CredentialStore."""

        async def work(session: Any) -> bool:
            if await self._credentials.find_one({"account_sid": credential.account_sid}, session=session):
                return False
            await self._credentials.insert_one(_from_credential(credential), session=session)
            await self._outbox.insert_one(_from_entry(entry), session=session)
            return True

        return await in_transaction(self._client, work)

    async def replace(self, credential: Credential, entry: AuditEntry) -> bool:
        """See store.CredentialStore."""

        async def work(session: Any) -> bool:
            query = {"_id": credential.credential_id, "revision": credential.revision}
            document = _from_credential(replace(credential, revision=credential.revision + 1))
            result = await self._credentials.replace_one(query, document, session=session)
            if not result.matched_count:
                return False
            await self._outbox.insert_one(_from_entry(entry), session=session)
            return True

        return await in_transaction(self._client, work)

    async def delete(self, credential: Credential, entry: AuditEntry) -> bool:
        """See store.CredentialStore."""

        async def work(session: Any) -> bool:
            query = {"_id": credential.credential_id, "revision": credential.revision}
            result = await self._credentials.delete_one(query, session=session)
            if not result.deleted_count:
                return False
            await self._outbox.insert_one(_from_entry(entry), session=session)
            return True

        return await in_transaction(self._client, work)

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> list[AuditEntry]:
        """See store.AuditOutbox."""
        if await self._outbox.find_one({}, {"_id": 1}) is None:
            return []
        free = {"_id": "audit_outbox", "$or": [{"until": None}, {"until": {"$lte": now}}]}
        claimed = await self._leases.update_one(free, {"$set": {"until": lease_until}})
        if not claimed.matched_count:
            return []
        found = await self._outbox.find().sort([("time", 1), ("_id", 1)]).limit(limit).to_list(None)
        return [_to_entry(document) for document in found]

    async def remove(self, audit_record_ids: list[str]) -> None:
        """See store.AuditOutbox."""
        await self._outbox.delete_many({"_id": {"$in": audit_record_ids}})
        await self._leases.update_one({"_id": "audit_outbox"}, {"$set": {"until": None}})


def _from_credential(credential: Credential) -> Document:
    return {
        "_id": credential.credential_id,
        "organization_id": credential.organization_id,
        "account_sid": credential.account_sid,
        "display_name": credential.display_name,
        "versions": [_from_version(version) for version in credential.versions],
        "create_time": credential.create_time,
        "update_time": credential.update_time,
        "revision": credential.revision,
    }


def _from_version(version: Version) -> Document:
    document: Document = {
        "version": version.version,
        "last_four": version.last_four,
        "key_id": version.key_id,
        "create_time": version.create_time,
    }
    if version.sealed is not None:
        document["wrapped_data_key"] = version.sealed.wrapped_data_key
        document["ciphertext"] = version.sealed.ciphertext
    return document


def _to_credential(document: Document) -> Credential:
    fields = dict(document)
    versions = tuple(_to_version(version) for version in fields.pop("versions"))
    return Credential(credential_id=fields.pop("_id"), versions=versions, **fields)


def _to_version(document: Document) -> Version:
    fields = dict(document)
    wrapped, ciphertext = fields.pop("wrapped_data_key", None), fields.pop("ciphertext", None)
    sealed = Sealed(fields["key_id"], bytes(wrapped), bytes(ciphertext)) if wrapped and ciphertext else None
    return Version(sealed=sealed, **fields)


def _from_entry(entry: AuditEntry) -> Document:
    return {
        "_id": entry.audit_record_id,
        "organization_id": entry.organization_id,
        "action": entry.action,
        "subject_id": entry.subject_id,
        "actor": {"kind": entry.actor.kind, "id": entry.actor.id},
        "time": entry.time,
        "details": entry.details,
    }


def _to_entry(document: Document) -> AuditEntry:
    fields = dict(document)
    return AuditEntry(audit_record_id=fields.pop("_id"), actor=Actor(**fields.pop("actor")), **fields)

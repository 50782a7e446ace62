"""The store on MongoDB, through motor: credentials, each change with its audit entry in the outbox."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymongo import ASCENDING, IndexModel, ReplaceOne

from credentials_service.audit_seals import AuditSeals
from credentials_service.credential import Credential, Sealed, SharedKey, SigningAlgorithm, Version
from credentials_service.mongo.outbox import MongoOutbox
from credentials_service.mongo.replicas import MongoReplicas
from credentials_service.store import AuditEntry
from servicekit.mongo.abandoned_transactions import keep_ending_abandoned_transactions
from servicekit.mongo.clients import Client, Connection
from servicekit.mongo.readable import first_readable
from servicekit.mongo.transactions import in_transaction

Document = dict[str, Any]
# The lists of a document whose items hold secrets, each with its `key_id` and, unless it is false, `enabled`.
_SECRETS = ("versions", "shared_keys")


class MongoStore:
    """Implements store.CredentialStore and store.KeyStore; `outbox` implements store.AuditOutbox, `replicas`
    store.ReplicaStore."""

    def __init__(self, uri: str, database: str, seals: AuditSeals, shared: Client | None = None) -> None:
        """`uri` is the connection string of a replica set. Connects when first used. A `shared` client stays open."""
        self._connection = Connection(uri, shared)
        self._client = self._connection.client
        self._credentials: Any = self._client[database]["credentials"]
        self.outbox = MongoOutbox(self._client[database], seals)
        self.replicas = MongoReplicas(self._client[database])

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        one_per_account = IndexModel([("account_sid", ASCENDING)], name="one_credential_per_account", unique=True)
        listing = IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest")
        await self._credentials.create_indexes([one_per_account, listing])
        await self.outbox.prepare()
        await self.replicas.prepare()

    async def tidy(self) -> None:
        """A background loop: frees what replicas that died had locked."""
        await keep_ending_abandoned_transactions(self._client)

    def close(self) -> None:
        """Closes the connections."""
        self._connection.close()

    async def get(self, account_sid: str) -> Credential | None:
        document = await self._credentials.find_one({"account_sid": account_sid})
        return _credential_from_document(document) if document else None

    async def list_credentials(self, organization_id: str, after: str, limit: int) -> list[Credential]:
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = self._credentials.find(query).sort("_id", 1)
        return await first_readable(found, limit, _credential_from_document, "credential")

    async def create(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            if await self._credentials.find_one({"account_sid": credential.account_sid}, session=session):
                return False
            await self._credentials.insert_one(_credential_to_document(credential), session=session)
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def replace(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            query = {"_id": credential.credential_id, "revision": credential.revision}
            document = _credential_to_document(replace(credential, revision=credential.revision + 1))
            result = await self._credentials.replace_one(query, document, session=session)
            if not result.matched_count:
                return False
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def delete(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            query = {"_id": credential.credential_id, "revision": credential.revision}
            result = await self._credentials.delete_one(query, session=session)
            if not result.deleted_count:
                return False
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def count_secrets(self) -> dict[str, int]:
        all_secrets = {"$concatArrays": [{"$ifNull": [f"${name}", []]} for name in _SECRETS]}
        pipeline: list[Document] = [
            {"$project": {"secret": all_secrets}},
            {"$unwind": "$secret"},
            {"$match": {"secret.enabled": {"$ne": False}}},
            {"$group": {"_id": "$secret.key_id", "count": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
        ]
        found = await self._credentials.aggregate(pipeline).to_list(None)
        return {document["_id"]: document["count"] for document in found}

    async def count_waiting_entries(self) -> dict[str, int]:
        return await self.outbox.count_by_key()

    async def wrapped_by(self, key_id: str, limit: int) -> list[Credential]:
        secret = {"$elemMatch": {"key_id": key_id, "enabled": {"$ne": False}}}
        found = self._credentials.find({"$or": [{name: secret} for name in _SECRETS]}).limit(limit)
        return [_credential_from_document(document) for document in await found.to_list(None)]

    async def count_credentials(self) -> int:
        return int(await self._credentials.estimated_document_count())

    async def credentials_after(self, organization_id: str, credential_id: str, limit: int) -> list[Credential]:
        same = {"organization_id": organization_id, "_id": {"$gt": credential_id}}
        query = {"$or": [same, {"organization_id": {"$gt": organization_id}}]}
        cursor = self._credentials.find(query).sort([("organization_id", 1), ("_id", 1)]).limit(limit)
        return [_credential_from_document(document) for document in await cursor.to_list(None)]

    async def credentials_named(self, credential_ids: Sequence[str]) -> list[Credential]:
        found = await self._credentials.find({"_id": {"$in": list(credential_ids)}}).to_list(None)
        return [_credential_from_document(document) for document in found]

    async def rewrap(self, credentials: Sequence[Credential], entry: AuditEntry) -> bool:
        same = [{"_id": credential.credential_id, "revision": credential.revision} for credential in credentials]
        changed = [_credential_to_document(replace(c, revision=c.revision + 1)) for c in credentials]

        async def work(session: Any) -> bool:
            if await self._credentials.count_documents({"$or": same}, session=session) < len(same):
                return False
            writes = [ReplaceOne(query, document) for query, document in zip(same, changed, strict=True)]
            await self._credentials.bulk_write(writes, session=session)
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)


def _credential_to_document(credential: Credential) -> Document:
    return {
        "_id": credential.credential_id,
        "organization_id": credential.organization_id,
        "account_sid": credential.account_sid,
        "display_name": credential.display_name,
        "versions": [_version_to_document(version) for version in credential.versions],
        "create_time": credential.create_time,
        "update_time": credential.update_time,
        "revision": credential.revision,
        "shared_keys": [_shared_key_to_document(key) for key in credential.shared_keys],
    }


def _version_to_document(version: Version) -> Document:
    document: Document = {
        "version": version.version,
        "last_four": version.last_four,
        "key_id": version.key_id,
        "create_time": version.create_time,
        "enabled": version.enabled,
    }
    if version.sealed is not None:
        document |= _sealed_to_document(version.sealed)
    return document


def _shared_key_to_document(key: SharedKey) -> Document:
    return {
        "shared_key_id": key.shared_key_id,
        "algorithm": key.algorithm.value,
        "key_id": key.key_id,
        "create_time": key.create_time,
        **_sealed_to_document(key.sealed),
    }


def _sealed_to_document(sealed: Sealed) -> Document:
    return {
        "wrapped_data_key": sealed.wrapped_data_key,
        "ciphertext": sealed.ciphertext,
        "bound_key_id": sealed.bound_key_id,
    }


def _credential_from_document(document: Document) -> Credential:
    fields = dict(document)
    versions = tuple(_version_from_document(version) for version in fields.pop("versions"))
    shared_keys = tuple(_shared_key_from_document(key) for key in fields.pop("shared_keys", ()))
    return Credential(credential_id=fields.pop("_id"), versions=versions, shared_keys=shared_keys, **fields)


def _version_from_document(document: Document) -> Version:
    """An enabled version that lost its ciphertext stays enabled, and turns out to be unreadable: somebody must know."""
    return Version(
        version=document["version"],
        last_four=document["last_four"],
        key_id=document["key_id"],
        create_time=document["create_time"],
        sealed=_sealed_from_document(document) if document.get("enabled", True) else None,
    )


def _shared_key_from_document(document: Document) -> SharedKey:
    return SharedKey(
        shared_key_id=document["shared_key_id"],
        algorithm=SigningAlgorithm(document["algorithm"]),
        key_id=document["key_id"],
        create_time=document["create_time"],
        sealed=_sealed_from_document(document),
    )


def _sealed_from_document(document: Document) -> Sealed:
    key_id = document["key_id"]
    wrapped, ciphertext = bytes(document.get("wrapped_data_key", b"")), bytes(document.get("ciphertext", b""))
    # Documents without it are from before secrets could be wrapped again.
    return Sealed(key_id, wrapped, ciphertext, str(document.get("bound_key_id", key_id)))

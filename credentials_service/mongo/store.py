"""The store on MongoDB, through motor: credentials, each change with its audit entry in the outbox."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from credentials_service import errors
from credentials_service.audit_seals import AuditSeals
from credentials_service.credential import Credential
from credentials_service.mongo.documents import (
    Document,
    behind,
    credential_from_document,
    credential_to_document,
    credential_to_update,
    malformed_from_document,
    unchanged,
)
from credentials_service.mongo.outbox import MongoOutbox
from credentials_service.mongo.replicas import MongoReplicas
from credentials_service.store import AuditEntry, Malformed, StoredCredentials
from servicekit.mongo.abandoned_transactions import keep_ending_abandoned_transactions
from servicekit.mongo.clients import Client, Connection
from servicekit.mongo.readable import UnreadableError, first_readable, note_unreadable, readable
from servicekit.mongo.transactions import in_transaction

_WHAT = "credential"
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
        if document is None:
            return None
        try:
            return credential_from_document(document)
        except UnreadableError as error:
            note_unreadable(document, _WHAT, error)
            raise errors.malformed(account_sid) from None

    async def list_credentials(self, organization_id: str, after: str, limit: int) -> list[Credential]:
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = self._credentials.find(query).sort("_id", 1)
        return await first_readable(found, limit, credential_from_document, _WHAT)

    async def create(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            if await self._credentials.find_one({"account_sid": credential.account_sid}, session=session):
                return False
            await self._credentials.insert_one(credential_to_document(credential), session=session)
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def replace(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            update = credential_to_update(replace(credential, revision=credential.revision + 1))
            result = await self._credentials.update_one(unchanged(credential), update, session=session)
            if not result.matched_count:
                return False
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def delete(self, credential: Credential, entry: AuditEntry) -> bool:
        async def work(session: Any) -> bool:
            result = await self._credentials.delete_one(unchanged(credential), session=session)
            if not result.deleted_count:
                return False
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

    async def count_secrets(self) -> dict[str, int]:
        lists: list[Document] = [{"$cond": [{"$isArray": f"${name}"}, f"${name}", []]} for name in _SECRETS]
        pipeline: list[Document] = [
            {"$project": {"secret": {"$concatArrays": lists}}},
            {"$unwind": "$secret"},
            {"$match": {"secret.key_id": {"$type": "string"}, "secret.enabled": {"$ne": False}}},
            {"$group": {"_id": "$secret.key_id", "count": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
        ]
        found = await self._credentials.aggregate(pipeline).to_list(None)
        return {document["_id"]: document["count"] for document in found}

    async def count_waiting_entries(self) -> dict[str, int]:
        return await self.outbox.count_by_key()

    async def wrapped_by(self, key_id: str, limit: int) -> list[Credential]:
        secret = {"$elemMatch": {"key_id": key_id, "enabled": {"$ne": False}}}
        found = self._credentials.find({"$or": [{name: secret} for name in _SECRETS]}).sort("_id", 1)
        return await first_readable(found, limit, credential_from_document, _WHAT)

    async def count_credentials(self) -> int:
        return int(await self._credentials.estimated_document_count())

    async def credentials_after(self, credential_id: str, limit: int) -> StoredCredentials:
        malformed: list[Malformed] = []

        def read(document: Document) -> Credential:
            try:
                return credential_from_document(document)
            except UnreadableError:
                malformed.append(malformed_from_document(document))
                raise

        found = self._credentials.find(behind(credential_id)).sort("_id", 1)
        return StoredCredentials(await first_readable(found, limit, read, _WHAT), malformed)

    async def credentials_named(self, credential_ids: Sequence[str]) -> list[Credential]:
        found = await self._credentials.find({"_id": {"$in": list(credential_ids)}}).to_list(None)
        return readable(found, credential_from_document, _WHAT)

    async def rewrap(self, credentials: Sequence[Credential], entry: AuditEntry) -> bool:
        same = [unchanged(credential) for credential in credentials]
        changed = [credential_to_update(replace(c, revision=c.revision + 1)) for c in credentials]

        async def work(session: Any) -> bool:
            if await self._credentials.count_documents({"$or": same}, session=session) < len(same):
                return False
            writes = [UpdateOne(query, update) for query, update in zip(same, changed, strict=True)]
            await self._credentials.bulk_write(writes, session=session)
            await self.outbox.add(entry, session)
            return True

        return await in_transaction(self._client, work)

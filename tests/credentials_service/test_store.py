"""The contract of store.CredentialStore, on MongoDB; that of the outbox is in test_audit_relay.py."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credentials_service.audit_seals import AuditSeals
from credentials_service.credential import Credential, Sealed, Version
from credentials_service.mongo.store import MongoStore
from credentials_service.store import AuditEntry
from dev.local_stack.mongod import Mongod
from servicekit.rpc.request_context import Actor
from tests.credentials_service.vault import ACCOUNT

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VERSIONS = (
    Version(1, "cdef", "key-1", NOON, None),
    Version(2, "3210", "key-2", NOON, Sealed("key-2", b"key", b"text", "key-1")),
)
CREDENTIAL = Credential("crd_1", "default", ACCOUNT, "Main", VERSIONS, NOON, NOON)


def _entry(audit_record_id: str) -> AuditEntry:
    return AuditEntry(
        audit_record_id, "default", "credential.changed", "crd_1", Actor("agent", "ann"), NOON, {"a": "b"}
    )


@pytest.fixture
async def store(mongod: Mongod, database: str, seals: AuditSeals) -> AsyncIterator[MongoStore]:
    """A prepared store."""
    prepared = MongoStore(mongod.uri, database, seals)
    await prepared.prepare()
    yield prepared
    prepared.close()


async def test_gives_back_what_was_stored(store: MongoStore) -> None:
    assert await store.create(CREDENTIAL, _entry("aud_1"))

    assert await store.get(ACCOUNT) == CREDENTIAL
    assert await store.outbox.oldest("default", 10) == [_entry("aud_1")]


async def test_second_credential_of_an_account_is_not_written(store: MongoStore) -> None:
    await store.create(CREDENTIAL, _entry("aud_1"))

    assert not await store.create(replace(CREDENTIAL, credential_id="crd_2"), _entry("aud_2"))

    assert await store.get(ACCOUNT) == CREDENTIAL
    assert await store.outbox.oldest("default", 10) == [_entry("aud_1")]


async def test_stale_revision_changes_nothing(store: MongoStore) -> None:
    await store.create(CREDENTIAL, _entry("aud_1"))
    renamed = replace(CREDENTIAL, display_name="Renamed")
    assert await store.replace(renamed, _entry("aud_2"))

    assert not await store.replace(replace(CREDENTIAL, display_name="Late"), _entry("aud_3"))
    assert not await store.delete(CREDENTIAL, _entry("aud_4"))

    assert await store.get(ACCOUNT) == replace(renamed, revision=2)
    assert await store.outbox.oldest("default", 10) == [_entry("aud_1"), _entry("aud_2")]


async def test_current_revision_is_deleted(store: MongoStore) -> None:
    await store.create(CREDENTIAL, _entry("aud_1"))

    assert await store.delete(CREDENTIAL, _entry("aud_2"))

    assert await store.get(ACCOUNT) is None
    assert await store.outbox.oldest("default", 10) == [_entry("aud_1"), _entry("aud_2")]


async def test_can_be_prepared_again(store: MongoStore) -> None:
    await store.create(CREDENTIAL, _entry("aud_1"))

    await store.prepare()

    assert await store.list_credentials("default", "", 10) == [CREDENTIAL]

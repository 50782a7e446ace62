"""Auth Tokens: kept encrypted, listed without secrets, handed out by one RPC, every change in the audit trail."""

import asyncio
import base64
import os
from pathlib import Path
from typing import Any

import bson
import grpc
import pymongo
import pytest

from credentials_service.keyring import FileKeyRing
from dev.local_stack.mongod import Mongod
from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit.errors import KevaError
from servicekit.request_context import ACTOR_METADATA
from servicekit.rpc_errors import as_keva_error
from tests.credentials_service.conftest import StartVault, Vault

ACCOUNT, OTHER_ACCOUNT = "AC" + "a" * 32, "AC" + "b" * 32
TOKEN, NEXT_TOKEN = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
OPERATOR = ((ACTOR_METADATA, "operator:kim"),)


async def _create(vault: Vault, account_sid: str = ACCOUNT, token: str = TOKEN, organization: str = "default") -> Any:
    request = pb.CreateCredentialRequest(organization_id=organization, account_sid=account_sid, auth_token=token)
    return (await vault.stub.CreateCredential(request, metadata=OPERATOR)).credential


async def _add(vault: Vault, token: str) -> pb.Credential:
    request = pb.AddCredentialVersionRequest(organization_id="default", account_sid=ACCOUNT, auth_token=token)
    return (await vault.stub.AddCredentialVersion(request)).credential


async def _disable(vault: Vault, version: int) -> pb.Credential:
    request = pb.DisableCredentialVersionRequest(organization_id="default", account_sid=ACCOUNT, version=version)
    return (await vault.stub.DisableCredentialVersion(request)).credential


async def _tokens(vault: Vault, account_sid: str = ACCOUNT) -> list[str]:
    answer = await vault.stub.AccessCredential(pb.AccessCredentialRequest(account_sid=account_sid))
    return [token.auth_token for token in answer.auth_tokens]


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def test_only_access_returns_the_token(vault: Vault) -> None:
    created = await _create(vault)
    got = await vault.stub.GetCredential(pb.GetCredentialRequest(organization_id="default", account_sid=ACCOUNT))
    listed = await vault.stub.ListCredentials(pb.ListCredentialsRequest(organization_id="default"))

    assert await _tokens(vault) == [TOKEN]
    for answer in (created, got, listed):
        assert TOKEN not in str(answer)
    assert listed.credentials[0].versions[0].last_four == TOKEN[-4:]


async def test_no_raw_document_holds_a_token(vault: Vault, mongod: Mongod, database: str) -> None:
    await _create(vault)
    await _add(vault, NEXT_TOKEN)

    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        collections: list[Any] = [client[database][name] for name in client[database].list_collection_names()]
        documents: list[dict[str, Any]] = [document for collection in collections for document in collection.find()]
    raw = b"".join(bson.encode(document) for document in documents)
    assert ACCOUNT.encode() in raw
    for token in (TOKEN, NEXT_TOKEN):
        for form in (token.encode(), bytes.fromhex(token), base64.b64encode(token.encode())):
            assert form not in raw


async def test_two_tokens_side_by_side_newest_first_and_a_disabled_one_erased(vault: Vault) -> None:
    await _create(vault)
    await _add(vault, NEXT_TOKEN)
    again = await _add(vault, NEXT_TOKEN)

    assert [version.version for version in again.versions] == [1, 2]
    assert await _tokens(vault) == [NEXT_TOKEN, TOKEN]

    await _disable(vault, 1)
    assert await _tokens(vault) == [NEXT_TOKEN]
    assert (await _error(_disable(vault, 2))).reason == "LAST_ENABLED_VERSION"
    assert (await _error(_disable(vault, 9))).reason == "CREDENTIAL_VERSION_NOT_FOUND"
    assert [v.version for v in (await _add(vault, TOKEN)).versions] == [1, 2, 3]


async def test_account_belongs_to_one_organization_however_many_ask_at_once(start_vault: StartVault) -> None:
    vaults = [await start_vault(), await start_vault()]

    calls = [_create(vaults[i % 2], organization=f"org-{i}") for i in range(6)]
    results = await asyncio.gather(*calls, return_exceptions=True)

    refused = [as_keva_error(r).reason for r in results if isinstance(r, grpc.aio.AioRpcError)]
    assert refused == ["CREDENTIAL_ALREADY_EXISTS"] * 5


async def test_concurrent_new_versions_are_all_kept(vault: Vault) -> None:
    await _create(vault)

    await asyncio.gather(*(_add(vault, NEXT_TOKEN + str(i)) for i in range(3)))

    assert set(await _tokens(vault)) == {TOKEN, *(NEXT_TOKEN + str(i) for i in range(3))}


async def test_other_organization_finds_nothing(vault: Vault) -> None:
    await _create(vault)
    named = {"organization_id": "another", "account_sid": ACCOUNT}

    for call in (
        vault.stub.GetCredential(pb.GetCredentialRequest(**named)),
        vault.stub.AddCredentialVersion(pb.AddCredentialVersionRequest(**named, auth_token=NEXT_TOKEN)),
        vault.stub.DisableCredentialVersion(pb.DisableCredentialVersionRequest(**named, version=1)),
        vault.stub.DeleteCredential(pb.DeleteCredentialRequest(**named)),
    ):
        assert (await _error(call)).reason == "CREDENTIAL_NOT_FOUND"
    assert await _tokens(vault) == [TOKEN]


async def test_deleted_credential_is_gone(vault: Vault) -> None:
    await _create(vault)
    request = pb.DeleteCredentialRequest(organization_id="default", account_sid=ACCOUNT)

    await vault.stub.DeleteCredential(request)

    assert (await _error(_tokens(vault))).reason == "CREDENTIAL_NOT_FOUND"
    assert (await _error(vault.stub.DeleteCredential(request))).reason == "CREDENTIAL_NOT_FOUND"


@pytest.mark.parametrize(
    ("account_sid", "token", "reason"),
    [
        pytest.param("", TOKEN, "FIELD_REQUIRED", id="no account"),
        pytest.param("banana", TOKEN, "FIELD_INVALID", id="no Account SID"),
        pytest.param(ACCOUNT, "", "FIELD_REQUIRED", id="no token"),
        pytest.param(ACCOUNT, "with space", "FIELD_INVALID", id="token with a space"),
        pytest.param(ACCOUNT, "x" * 257, "FIELD_INVALID", id="endless token"),
    ],
)
async def test_refuses_what_cannot_be(vault: Vault, account_sid: str, token: str, reason: str) -> None:
    error = await _error(_create(vault, account_sid, token))

    assert error.reason == reason
    assert not token or token not in error.message


async def test_ciphertext_moved_to_another_record_is_refused(vault: Vault, mongod: Mongod, database: str) -> None:
    await _create(vault)
    await _create(vault, OTHER_ACCOUNT, NEXT_TOKEN)

    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        credentials: Any = client[database]["credentials"]
        stolen = credentials.find_one({"account_sid": ACCOUNT})
        assert stolen is not None
        credentials.update_one({"account_sid": OTHER_ACCOUNT}, {"$set": {"versions": stolen["versions"]}})
        credentials.update_one({"account_sid": ACCOUNT}, {"$set": {"organization_id": "another"}})

    for account_sid in (ACCOUNT, OTHER_ACCOUNT):
        assert (await _error(_tokens(vault, account_sid))).reason == "CREDENTIAL_UNREADABLE"


async def test_record_of_a_key_that_is_gone_is_refused_and_named(start_vault: StartVault, key_ring: Path) -> None:
    await _create(await start_vault())
    (key_ring / "key-1").rename(key_ring.parent / "taken away")
    (key_ring / "key-2").write_text(base64.b64encode(os.urandom(32)).decode())

    error = await _error(_tokens(await start_vault()))

    assert (error.reason, error.metadata["key_id"]) == ("CREDENTIAL_UNREADABLE", "key-1")


@pytest.mark.parametrize(
    ("files", "active", "says"),
    [
        pytest.param({}, "", "holds no key", id="empty folder"),
        pytest.param({"k": "not base64!"}, "", "base64", id="not base64"),
        pytest.param({"k": "c2hvcnQ="}, "", "5 bytes", id="too short"),
        pytest.param({"a": "A" * 43 + "=", "b": "B" * 43 + "="}, "", "KEVA_ACTIVE_KEY_ID", id="which is active"),
        pytest.param({"a": "A" * 43 + "="}, "z", "no key z", id="active one is missing"),
    ],
)
def test_key_ring_that_cannot_work_ends_the_process(
    tmp_path: Path, files: dict[str, str], active: str, says: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)

    with pytest.raises(SystemExit, match=says):
        FileKeyRing.load(tmp_path, active)


def test_key_ring_ignores_what_kubernetes_puts_beside_keys(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "key-1").write_text("A" * 43 + "=")
    (tmp_path / "key-1").symlink_to(tmp_path / "..data" / "key-1")

    assert FileKeyRing.load(tmp_path, "").active_key_id == "key-1"


async def test_every_change_reaches_the_audit_trail_in_order_with_who_did_it(vault: Vault) -> None:
    vault.audit.down = True
    await _create(vault)
    await asyncio.wait_for(vault.audit.refused.wait(), 10)
    await _add(vault, NEXT_TOKEN)
    await _disable(vault, 1)
    vault.audit.down = False

    records = [await asyncio.wait_for(vault.audit.records.get(), 10) for _ in range(3)]

    assert [r.action for r in records] == [
        "credential.created", "credential.version_added", "credential.version_disabled",
    ]  # fmt: skip
    assert records[0].actor.id == "kim"
    assert records[1].actor.id == "test"
    for secret in (TOKEN, NEXT_TOKEN, TOKEN[-4:] + '"'):
        assert secret not in str(records)

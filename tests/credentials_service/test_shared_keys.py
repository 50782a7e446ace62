"""SharedKeys are kept as Auth Tokens are: sealed, bound to their place, and in the audit trail."""

from pathlib import Path
from typing import Any

import grpc
import pytest

from credentials_service.key_files import ACTIVE_FILE
from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.credentials_service.conftest import RawDatabase, StartVault
from tests.credentials_service.vault import ACCOUNT, NEXT_TOKEN, OTHER_ACCOUNT, TOKEN, AuditPeer, Vault, write_key

KEY_ID, SECRET = "webhooks_sharedkey_1", "5ec2e7" * 6
SHA256 = pb.SIGNING_ALGORITHM_HMAC_SHA256


async def _add(vault: Vault, **fields: Any) -> pb.Credential:
    request = {
        "organization_id": "default",
        "account_sid": ACCOUNT,
        "shared_key_id": KEY_ID,
        "algorithm": SHA256,
        "secret": SECRET,
        **fields,
    }
    return (await vault.stub.AddSharedKey(pb.AddSharedKeyRequest(**request), timeout=90)).credential


async def _delete(vault: Vault) -> pb.Credential:
    request = pb.DeleteSharedKeyRequest(organization_id="default", account_sid=ACCOUNT, shared_key_id=KEY_ID)
    return (await vault.stub.DeleteSharedKey(request, timeout=90)).credential


async def _reason(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value).reason


async def test_a_shared_key_is_given_to_sms_service_with_its_algorithm(vault: Vault) -> None:
    await vault.create()

    credential = await _add(vault)

    assert SECRET not in str(credential)
    (key,) = (await vault.access()).shared_keys
    assert (key.shared_key_id, key.algorithm, key.secret) == (KEY_ID, SHA256, SECRET)
    assert await vault.tokens() == [TOKEN]


async def test_the_same_shared_key_again_changes_nothing_and_another_one_is_refused(vault: Vault) -> None:
    await vault.create()
    before = await _add(vault)

    assert await _add(vault) == before
    assert await _reason(_add(vault, secret="another" * 5)) == "SHARED_KEY_ALREADY_EXISTS"
    assert await _reason(_add(vault, algorithm=pb.SIGNING_ALGORITHM_HMAC_SHA1)) == "SHARED_KEY_ALREADY_EXISTS"


async def test_a_deleted_shared_key_is_gone(vault: Vault) -> None:
    await vault.create()
    await _add(vault)

    assert not (await _delete(vault)).shared_keys
    assert not (await vault.access()).shared_keys
    assert await _reason(_delete(vault)) == "SHARED_KEY_NOT_FOUND"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"shared_key_id": "a b"}, "FIELD_INVALID", id="id with a space"),
        pytest.param({"secret": ""}, "FIELD_REQUIRED", id="no secret"),
        pytest.param({"algorithm": 0}, "FIELD_REQUIRED", id="no algorithm"),
        pytest.param({"algorithm": 77}, "FIELD_INVALID", id="unknown algorithm"),
        pytest.param({"organization_id": "another"}, "CREDENTIAL_NOT_FOUND", id="another organization"),
    ],
)
async def test_what_cannot_be_kept_is_refused(vault: Vault, fields: dict[str, Any], reason: str) -> None:
    await vault.create()

    assert await _reason(_add(vault, **fields)) == reason


async def test_an_account_has_at_most_twenty(vault: Vault) -> None:
    await vault.create()
    for number in range(20):
        await _add(vault, shared_key_id=f"key_{number}")

    assert await _reason(_add(vault)) == "TOO_MANY_SHARED_KEYS"


async def test_the_oldest_enabled_token_is_the_one_in_use(vault: Vault) -> None:
    await vault.create()
    assert [(v.version, v.primary) for v in (await vault.add()).versions] == [(1, True), (2, False)]

    assert [(v.version, v.primary) for v in (await vault.disable(1)).versions] == [(1, False), (2, True)]
    assert [token.primary for token in (await vault.access()).auth_tokens] == [True]


async def test_a_shared_key_is_wrapped_anew_and_recorded_like_a_token(
    start_vault: StartVault, vault: Vault, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    await vault.create()
    await _add(vault)
    write_key(key_ring, "key-2")
    (key_ring / ACTIVE_FILE).write_text("key-2\n")

    rotated = await vault.rotate()
    (key_ring / "key-1").unlink()
    (key,) = (await (await start_vault()).access()).shared_keys

    assert (rotated.key_id, rotated.rewrapped) == ("key-2", 2)
    assert key.secret == SECRET
    records = await audit_peer[0].first(3)
    assert [record.action for record in records] == [
        "credential.created",
        "credential.shared_key_added",
        "keys.rotated",
    ]
    assert SECRET not in str(records)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"shared_keys.0.shared_key_id": "webhooks_sharedkey_2"}, id="another key id"),
        pytest.param({"shared_keys.0.algorithm": "HMAC_SHA1"}, id="a weaker algorithm"),
        pytest.param({"organization_id": "another"}, id="another organization"),
    ],
)
async def test_a_shared_key_that_was_changed_is_refused(vault: Vault, raw: RawDatabase, change: dict[str, str]) -> None:
    await vault.create()
    await _add(vault)

    await raw.credentials.update_one({}, {"$set": change})

    if "organization_id" in change:
        assert await _reason(vault.access()) == "CREDENTIAL_UNREADABLE"
    else:
        access = await vault.access()
        assert (list(access.shared_keys), list(access.unreadable_shared_keys)) == ([], list(_named(change)))
        assert await vault.tokens() == [TOKEN]


def _named(change: dict[str, str]) -> tuple[str, ...]:
    """The SharedKey as the changed record calls it."""
    return (change.get("shared_keys.0.shared_key_id", KEY_ID),)


async def test_a_shared_key_moved_to_another_account_is_refused(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await _add(vault)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)
    mine = await raw.credentials.find_one({"account_sid": ACCOUNT})

    await raw.credentials.update_one({"account_sid": OTHER_ACCOUNT}, {"$set": {"shared_keys": mine["shared_keys"]}})

    access = await vault.access(OTHER_ACCOUNT)
    assert (list(access.shared_keys), list(access.unreadable_shared_keys)) == ([], [KEY_ID])


async def _lose(raw: RawDatabase, place: str = "shared_keys.0") -> None:
    await raw.credentials.update_one({}, {"$set": {f"{place}.wrapped_data_key": b"x" * 60}})


async def test_what_can_be_decrypted_is_given_beside_a_shared_key_that_cannot(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await _add(vault)
    await _add(vault, shared_key_id="another")

    await _lose(raw)

    access = await vault.access()
    assert [token.auth_token for token in access.auth_tokens] == [TOKEN]
    assert [key.shared_key_id for key in access.shared_keys] == ["another"]
    assert list(access.unreadable_shared_keys) == [KEY_ID]


async def test_an_auth_token_is_given_beside_one_that_cannot_be_decrypted(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await vault.add(NEXT_TOKEN)

    await _lose(raw, "versions.0")

    access = await vault.access()
    assert [(token.auth_token, token.primary) for token in access.auth_tokens] == [(NEXT_TOKEN, False)]
    assert list(access.unreadable_versions) == [1]


async def test_a_shared_key_given_again_takes_the_place_of_one_that_cannot_be_decrypted(
    vault: Vault, raw: RawDatabase, audit_peer: tuple[AuditPeer, str]
) -> None:
    await vault.create()
    await _add(vault, algorithm=pb.SIGNING_ALGORITHM_HMAC_SHA1)
    await _lose(raw)

    await _add(vault)

    access = await vault.access()
    assert [(key.shared_key_id, key.algorithm, key.secret) for key in access.shared_keys] == [(KEY_ID, SHA256, SECRET)]
    assert not access.unreadable_shared_keys
    assert [record.action for record in await audit_peer[0].first(3)][1:] == ["credential.shared_key_added"] * 2


async def test_a_rotation_names_the_shared_key_that_cannot_be_decrypted(
    vault: Vault, key_ring: Path, raw: RawDatabase
) -> None:
    await vault.create()
    await _add(vault)
    await _lose(raw)
    write_key(key_ring, "key-2")
    (key_ring / ACTIVE_FILE).write_text("key-2\n")

    rotated = await vault.rotate()

    assert [(u.account_sid, u.shared_key_id, u.key_id) for u in rotated.unreadable] == [(ACCOUNT, KEY_ID, "key-1")]
    assert rotated.rewrapped == 1

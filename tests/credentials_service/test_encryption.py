"""What somebody with the database, but without the key ring, can read and change: nothing."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import bson
import pytest

from credentials_service.keyring import FileKeyRing
from tests.credentials_service.conftest import RawDatabase, StartVault
from tests.credentials_service.vault import (
    ACCOUNT,
    NEXT_TOKEN,
    OTHER_ACCOUNT,
    TOKEN,
    AuditPeer,
    Vault,
    error_of,
    write_key,
)


async def test_no_raw_document_holds_a_token(vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase) -> None:
    audit_peer[0].down = True
    await vault.create()
    await vault.add()

    names = await raw.list_collection_names()
    documents: list[dict[str, Any]] = [document for name in names for document in await raw[name].find().to_list()]

    assert {"credentials", "audit_outbox"} <= set(names)
    everything = b"".join(bson.encode(document) for document in documents)
    assert ACCOUNT.encode() in everything
    for token in (TOKEN, NEXT_TOKEN):
        for form in (token.encode(), bytes.fromhex(token), base64.b64encode(token.encode()), token[:8].encode()):
            assert form not in everything


async def test_equal_tokens_have_nothing_in_common(vault: Vault, raw: RawDatabase) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT)

    one, other = [document["versions"][0] for document in await raw.credentials.find().to_list()]

    assert one["ciphertext"] != other["ciphertext"]
    assert one["wrapped_data_key"] != other["wrapped_data_key"]


async def _swap_versions(credentials: Any) -> None:
    one, other = await credentials.find().sort("account_sid").to_list()
    await credentials.update_one({"_id": one["_id"]}, {"$set": {"versions": other["versions"]}})


async def _swap_ciphertexts(credentials: Any) -> None:
    one, other = await credentials.find().sort("account_sid").to_list()
    stolen = {f"versions.0.{name}": other["versions"][0][name] for name in ("ciphertext", "wrapped_data_key")}
    await credentials.update_one({"_id": one["_id"]}, {"$set": stolen})


async def _swap_one_layer(credentials: Any) -> None:
    one, other = await credentials.find().sort("account_sid").to_list()
    stolen = {"versions.0.ciphertext": other["versions"][0]["ciphertext"]}
    await credentials.update_one({"_id": one["_id"]}, {"$set": stolen})


async def _move_to_another_id(credentials: Any) -> None:
    one = await credentials.find_one_and_delete({"account_sid": ACCOUNT})
    await credentials.insert_one({**one, "_id": "crd_another"})


def _set(**fields: Any) -> Callable[[Any], Awaitable[Any]]:
    return lambda credentials: credentials.update_one({"account_sid": ACCOUNT}, {"$set": fields})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_swap_versions, id="versions of another account"),
        pytest.param(_swap_ciphertexts, id="both layers of another account"),
        pytest.param(_swap_one_layer, id="ciphertext of another account"),
        pytest.param(_move_to_another_id, id="another credential id"),
        pytest.param(_set(organization_id="another"), id="another organization"),
        pytest.param(_set(**{"versions.0.version": 7}), id="another version"),
        pytest.param(_set(**{"versions.0.key_id": "key-2"}), id="another key of the ring"),
        pytest.param(_set(**{"versions.0.key_id": "key-9"}), id="a key that is not in the ring"),
        pytest.param(_set(**{"versions.0.ciphertext": b"x" * 60}), id="invented ciphertext"),
        pytest.param(_set(**{"versions.0.ciphertext": b""}), id="no ciphertext"),
        pytest.param(_set(**{"versions.0.wrapped_data_key": b"short"}), id="cut data key"),
    ],
)
async def test_changed_record_is_refused(
    start_vault: StartVault, key_ring: Path, raw: RawDatabase, change: Callable[[Any], Awaitable[Any]]
) -> None:
    write_key(key_ring, "key-2")
    vault = await start_vault(active_key_id="key-1")
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)

    await change(raw.credentials)

    error = await error_of(vault.access(ACCOUNT))
    assert error.reason == "CREDENTIAL_UNREADABLE"
    assert error.metadata["key_id"].startswith("key-")
    assert await vault.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]


async def test_account_that_is_renamed_to_take_over_another_is_refused(vault: Vault, raw: RawDatabase) -> None:
    await vault.create(ACCOUNT)

    await raw.credentials.update_one({}, {"$set": {"account_sid": OTHER_ACCOUNT}})

    assert (await error_of(vault.access(OTHER_ACCOUNT))).reason == "CREDENTIAL_UNREADABLE"


async def test_unreadable_credential_is_repaired_by_adding_the_token_again(
    start_vault: StartVault, key_ring: Path
) -> None:
    before = await start_vault()
    await before.create()
    await before.stop()
    write_key(key_ring, "key-1")
    vault = await start_vault(lost_key_ids="key-1")

    error = await error_of(vault.access())
    added = await vault.add(TOKEN)
    await vault.disable(1)

    assert (error.reason, error.metadata["key_id"]) == ("CREDENTIAL_UNREADABLE", "key-1")
    assert [v.version for v in added.versions] == [1, 2]
    assert await vault.tokens() == [TOKEN]


async def test_new_active_key_encrypts_what_is_new_and_the_old_one_still_decrypts(
    start_vault: StartVault, key_ring: Path
) -> None:
    before = await start_vault()
    await before.create()
    await before.stop()
    write_key(key_ring, "key-2")
    vault = await start_vault(active_key_id="key-2")

    added = await vault.add()

    assert [v.key_id for v in added.versions] == ["key-1", "key-2"]
    assert await vault.tokens() == [NEXT_TOKEN, TOKEN]


KEY = "A" * 43 + "="


@pytest.mark.parametrize(
    ("files", "active", "says"),
    [
        pytest.param(None, "", "there is no folder .*openssl rand", id="no folder"),
        pytest.param({}, "", "holds no key. .*put their files back.*openssl rand", id="empty folder"),
        pytest.param({".key": KEY}, "", "holds no key", id="dot-file only"),
        pytest.param({"k": "not base64!"}, "", "k: is not base64", id="not base64"),
        pytest.param({"k": ""}, "", "k: holds 0 bytes; a key has 32", id="empty file"),
        pytest.param({"k": "c2hvcnQ="}, "", "k: holds 5 bytes; a key has 32", id="too short"),
        pytest.param({"j": "?", "k": "c2hvcnQ=", "l": KEY}, "l", "(?s)j: is not.*k: holds 5", id="all are named"),
        pytest.param({"a": KEY, "b": KEY}, "", "KEVA_ACTIVE_KEY_ID: say which of a, b", id="which is active"),
        pytest.param(
            {"a": KEY, "active": "z"}, "", "active: there is no key z .* only a", id="file names a missing one"
        ),
        pytest.param({"a": KEY, "active": KEY}, "", "active: must hold the id of the active", id="file holds a key"),
        pytest.param({"a": KEY}, "z", "KEVA_ACTIVE_KEY_ID: there is no key z .* only a", id="active one is missing"),
    ],
)
def test_key_ring_that_cannot_work_ends_the_process(
    tmp_path: Path, files: dict[str, str] | None, active: str, says: str
) -> None:
    folder = tmp_path / "ring"
    if files is not None:
        folder.mkdir()
    for name, content in (files or {}).items():
        (folder / name).write_text(content)

    with pytest.raises(SystemExit, match=says) as ended:
        FileKeyRing.load(folder, active)

    assert KEY not in str(ended.value)
    assert "not base64!" not in str(ended.value)


def test_key_file_that_is_a_dangling_link_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "key-1").write_text(KEY)
    (tmp_path / "key-2").symlink_to(tmp_path / "nowhere")

    with pytest.raises(SystemExit, match="key-2: cannot be read"):
        FileKeyRing.load(tmp_path, "key-1")


async def test_key_ring_is_read_as_kubernetes_mounts_it(tmp_path: Path) -> None:
    (tmp_path / "..2026_11_23").mkdir()
    (tmp_path / "..2026_11_23" / "key-1").write_text(KEY + "\n")
    (tmp_path / "..data").symlink_to("..2026_11_23")
    (tmp_path / "key-1").symlink_to("..data/key-1")
    (tmp_path / "lost+found").mkdir()

    key_ring = FileKeyRing.load(tmp_path, "")

    assert await key_ring.active() == "key-1"
    assert KEY not in repr(key_ring) + str(vars(key_ring))

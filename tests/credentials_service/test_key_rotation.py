"""Adding a key, making it active, wrapping everything with it and removing the old one, while everything runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from credentials_service.key_files import ACTIVE_FILE
from credentials_service.keyring import KeyRingUnfit
from credentials_service.store import REPLICA_SECONDS
from servicekit.rpc.statuses_to_errors import as_keva_error
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


def _activate(key_ring: Path, key_id: str) -> None:
    (key_ring / ACTIVE_FILE).write_text(key_id + "\n")


def _add_and_activate(key_ring: Path, key_id: str) -> None:
    write_key(key_ring, key_id)
    _activate(key_ring, key_id)


async def _rotate_all(vault: Vault, size: int = 0) -> list[Any]:
    parts = [await vault.rotate(size)]
    while parts[-1].next_page_token:
        parts.append(await vault.rotate(size, parts[-1].next_page_token, parts[-1].key_id))
    return parts


async def test_every_secret_of_every_organization_is_wrapped_anew_and_the_old_key_can_go(
    start_vault: StartVault, vault: Vault, key_ring: Path
) -> None:
    _activate(key_ring, "key-1")
    await vault.create(ACCOUNT)
    await vault.add(NEXT_TOKEN, ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN, organization="another")
    before = [await vault.access(account) for account in (ACCOUNT, OTHER_ACCOUNT)]
    _add_and_activate(key_ring, "key-2")

    (rotated,) = await _rotate_all(vault)
    (key_ring / "key-1").unlink()
    restarted = await start_vault()

    assert (rotated.key_id, rotated.credentials, rotated.rewrapped, rotated.total_credentials) == ("key-2", 2, 3, 2)
    assert not rotated.unreadable
    listed = await restarted.until_keys(lambda listed: len(listed.keys) == 1)
    assert [(k.key_id, k.active, k.secrets, k.replicas) for k in listed.keys] == [("key-2", True, 3, 2)]
    assert await restarted.tokens(ACCOUNT) == [NEXT_TOKEN, TOKEN]
    assert await restarted.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]
    after = [await vault.access(account) for account in (ACCOUNT, OTHER_ACCOUNT)]
    assert {version.key_id for access in after for version in access.credential.versions} == {"key-2"}
    assert [access.credential.update_time for access in after] == [access.credential.update_time for access in before]


async def test_only_the_data_key_is_written_anew(vault: Vault, key_ring: Path, raw: RawDatabase) -> None:
    await vault.create()
    old = (await raw.credentials.find_one())["versions"][0]
    _add_and_activate(key_ring, "key-2")

    await vault.rotate()

    new = (await raw.credentials.find_one())["versions"][0]
    assert {name for name in new if new[name] != old[name]} == {"key_id", "wrapped_data_key"}
    assert new["bound_key_id"] == "key-1"


async def test_record_from_before_rotations_were_known_is_read_and_rotated(
    vault: Vault, key_ring: Path, raw: RawDatabase
) -> None:
    await vault.create()
    await raw.credentials.update_one({}, {"$unset": {"versions.0.bound_key_id": ""}})
    assert await vault.tokens() == [TOKEN]
    _add_and_activate(key_ring, "key-2")

    await vault.rotate()

    assert await vault.tokens() == [TOKEN]
    assert await vault.secrets() == {"key-1": 0, "key-2": 1}


async def test_rotation_in_parts_goes_through_all_and_again_finds_nothing_to_do(vault: Vault, key_ring: Path) -> None:
    accounts = [f"AC{number:032x}" for number in range(7)]
    for number, account in enumerate(accounts):
        await vault.create(account, organization=f"organization-{number % 3}")
    _add_and_activate(key_ring, "key-2")

    first, second = await _rotate_all(vault, size=2), await _rotate_all(vault, size=3)

    assert [(part.credentials, part.rewrapped) for part in first] == [(2, 2), (2, 2), (2, 2), (1, 1)]
    assert [(part.credentials, part.rewrapped) for part in second] == [(3, 0), (3, 0), (1, 0)]
    assert await vault.secrets() == {"key-1": 0, "key-2": 7}


async def test_rotation_that_was_interrupted_is_finished_by_the_next(vault: Vault, key_ring: Path) -> None:
    for number in range(4):
        await vault.create(f"AC{number:032x}")
    _add_and_activate(key_ring, "key-2")
    await vault.rotate(1)

    parts = await _rotate_all(vault)

    assert [part.rewrapped for part in parts] == [3]


async def test_each_organization_reads_in_its_trail_who_rotated(
    vault: Vault, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    await vault.create(ACCOUNT)
    await vault.add(NEXT_TOKEN, ACCOUNT)
    await vault.create(OTHER_ACCOUNT, organization="another")
    _add_and_activate(key_ring, "key-2")

    await vault.rotate()
    await vault.rotate()
    await vault.delete(ACCOUNT)

    records = await audit_peer[0].first(6)
    rotated = {r.organization_id: r for r in records if r.action == "keys.rotated"}
    assert len(records) == 6
    assert {organization: dict(record.details) for organization, record in rotated.items()} == {
        "default": {"key_id": "key-2", "retired_key_ids": "key-1", "credentials": "1", "secrets": "2"},
        "another": {"key_id": "key-2", "retired_key_ids": "key-1", "credentials": "1", "secrets": "1"},
    }
    assert {(record.actor.id, record.subject_id) for record in rotated.values()} == {("kim", "key-2")}


async def test_changes_at_the_same_time_are_neither_lost_nor_left_behind(vault: Vault, key_ring: Path) -> None:
    await vault.create()
    _add_and_activate(key_ring, "key-2")
    tokens = [f"{NEXT_TOKEN}{number}" for number in range(8)]

    async with asyncio.TaskGroup() as together:
        for token in tokens:
            together.create_task(_until_done(partial(vault.add, token)))
            together.create_task(_until_done(partial(_rotate_all, vault)))

    await _rotate_all(vault)
    assert sorted(await vault.tokens()) == sorted([TOKEN, *tokens])
    assert await vault.secrets() == {"key-1": 0, "key-2": 9}


async def _until_done(call: Callable[[], Awaitable[Any]]) -> None:
    """Asks again when somebody else was first too often in a row, which has changed nothing."""
    while True:
        try:
            await call()
        except grpc.aio.AioRpcError as error:
            if as_keva_error(error).reason != "CONCURRENT_UPDATE":
                raise
        else:
            return


async def _swap(credentials: Any, *names: str) -> None:
    one, other = await credentials.find().sort("account_sid").to_list()
    stolen = {f"versions.0.{name}": other["versions"][0][name] for name in names}
    await credentials.update_one({"_id": one["_id"]}, {"$set": stolen})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda c: _swap(c, "ciphertext"), id="ciphertext of another account"),
        pytest.param(lambda c: _swap(c, "ciphertext", "wrapped_data_key"), id="both layers of another account"),
        pytest.param(lambda c: c.update_one({"account_sid": ACCOUNT}, {"$set": {"organization_id": "x"}}), id="moved"),
        pytest.param(
            lambda c: c.update_one({"account_sid": ACCOUNT}, {"$set": {"versions.0.bound_key_id": "key-2"}}),
            id="another binding",
        ),
    ],
)
@pytest.mark.parametrize("rotated_first", [True, False], ids=["after a rotation", "before a rotation"])
async def test_what_was_moved_is_refused(
    vault: Vault,
    key_ring: Path,
    raw: RawDatabase,
    change: Callable[[Any], Awaitable[Any]],
    rotated_first: bool,
) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)
    _add_and_activate(key_ring, "key-2")

    if rotated_first:
        await vault.rotate()
        await change(raw.credentials)
    else:
        await change(raw.credentials)
        await vault.rotate()

    assert (await error_of(vault.access(ACCOUNT))).reason == "CREDENTIAL_UNREADABLE"
    assert await vault.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]


async def test_unreadable_secret_is_named_and_holds_nobody_up(vault: Vault, key_ring: Path, raw: RawDatabase) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT)
    await raw.credentials.update_one({"account_sid": ACCOUNT}, {"$set": {"versions.0.wrapped_data_key": b"x" * 60}})
    _add_and_activate(key_ring, "key-2")

    rotated = await vault.rotate()

    assert [(u.organization_id, u.account_sid, u.key_id) for u in rotated.unreadable] == [("default", ACCOUNT, "key-1")]
    assert rotated.rewrapped == 1
    assert await vault.secrets() == {"key-1": 1, "key-2": 1}


async def test_secrets_of_a_lost_key_whose_name_is_used_again_are_named(
    start_vault: StartVault, key_ring: Path
) -> None:
    before = await start_vault()
    await before.create(ACCOUNT)
    await before.stop()
    write_key(key_ring, "key-1")
    vault = await start_vault(lost_key_ids="key-1")
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)

    rotated = await vault.rotate()

    assert [(u.account_sid, u.key_id) for u in rotated.unreadable] == [(ACCOUNT, "key-1")]
    assert rotated.rewrapped == 0
    assert await vault.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]


async def test_page_token_of_something_else_is_refused(vault: Vault) -> None:
    await vault.create()
    await vault.create(OTHER_ACCOUNT)

    for token in ("nonsense", (await vault.page(size=1)).next_page_token):
        assert (await error_of(vault.rotate(token=token))).reason == "PAGE_TOKEN_INVALID"


async def test_nothing_is_encrypted_with_a_key_that_another_replica_has_not_got(
    start_vault: StartVault, tmp_path: Path, key_ring: Path
) -> None:
    """Two folders, as two nodes have: the new key reaches one of them first."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "key-1").write_text((key_ring / "key-1").read_text())
    early, late = await start_vault(), await start_vault(key_ring_dir=elsewhere)
    await early.create(ACCOUNT)
    _add_and_activate(key_ring, "key-2")

    for call in (early.rotate(), early.create(OTHER_ACCOUNT)):
        error = await error_of(call)
        assert (error.reason, error.metadata["key_id"]) == ("KEY_RING_NOT_READY", "key-2")
    assert await late.tokens(ACCOUNT) == [TOKEN]
    (elsewhere / "key-2").write_text((key_ring / "key-2").read_text())
    _activate(elsewhere, "key-1")
    await early.until_everywhere("key-2", replicas=2)

    assert (await early.rotate()).rewrapped == 1
    assert await late.tokens(ACCOUNT) == [TOKEN]
    assert (await error_of(late.rotate(key_id="key-2"))).reason == "KEY_RING_NOT_READY"
    assert [(key.key_id, key.active) for key in (await early.keys()).keys] == [("key-1", True), ("key-2", True)]


async def test_key_that_a_replica_has_not_read_yet_is_read_when_a_record_needs_it(
    start_vault: StartVault, key_ring: Path, raw: RawDatabase
) -> None:
    slow = await start_vault(key_ring_poll_seconds=15)
    await slow.create()
    _add_and_activate(key_ring, "key-2")
    quick = await start_vault()
    async with asyncio.timeout(90):
        while True:
            # Nobody waits for the one that has not read it. It may say once more that it is there.
            await raw.replicas.delete_many({"keys.key_id": {"$ne": "key-2"}})
            try:
                await quick.rotate()
                break
            except grpc.aio.AioRpcError as error:
                if as_keva_error(error).reason != "KEY_RING_NOT_READY":
                    raise

    assert await quick.secrets() == {"key-1": 0, "key-2": 1}
    assert await slow.tokens() == [TOKEN]


async def test_replicas_agree_that_one_id_is_one_key(start_vault: StartVault, tmp_path: Path, key_ring: Path) -> None:
    await start_vault()
    write_key(tmp_path / "elsewhere", "key-1")
    other = await start_vault(key_ring_dir=tmp_path / "elsewhere")

    assert (await error_of(other.create())).reason == "KEY_RING_NOT_READY"


async def test_replica_that_ends_or_dies_is_waited_for_no_more(
    start_vault: StartVault, vault: Vault, raw: RawDatabase
) -> None:
    other = await start_vault()
    await vault.until_everywhere("key-1", replicas=2)
    await other.stop()
    assert (await vault.keys()).replicas == 1

    long_ago = datetime.now(UTC) - timedelta(seconds=REPLICA_SECONDS + 1)
    await raw.replicas.insert_one(
        {"_id": "dead", "active_key_id": "", "keys": [], "problems": [], "report_time": long_ago}
    )

    assert (await vault.keys()).replicas == 1
    await vault.create()


async def test_key_whose_file_vanishes_too_early_still_opens_and_everybody_is_told(
    vault: Vault, key_ring: Path
) -> None:
    await vault.create()
    kept = (key_ring / "key-1").read_text()
    _add_and_activate(key_ring, "key-2")
    (key_ring / "key-1").unlink()

    problems = (await vault.until_keys(lambda listed: bool(listed.problems))).problems

    assert problems[0].startswith("key key-1: its file is gone")
    assert await vault.tokens() == [TOKEN]
    (key_ring / "key-1").write_text(kept)
    await vault.until_keys(lambda listed: not listed.problems)


async def test_key_that_sealed_audit_records_that_wait_is_needed_until_they_have_arrived(
    vault: Vault, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    peer = audit_peer[0]
    peer.down = True
    await vault.create()
    _add_and_activate(key_ring, "key-2")
    await _rotate_all(vault)

    before = {key.key_id: (key.secrets, key.waiting_audit_records) for key in (await vault.keys()).keys}
    (key_ring / "key-1").unlink()
    problems = (await vault.until_keys(lambda listed: bool(listed.problems))).problems
    peer.down = False
    records = await peer.first(2)
    await vault.until_keys(lambda listed: [key.key_id for key in listed.keys] == ["key-2"])

    assert before["key-1"] == (0, 1)
    assert "1 audit records that it sealed have not reached ticket_service" in problems[0]
    assert [record.action for record in records] == ["credential.created", "keys.rotated"]


async def test_nothing_is_encrypted_while_the_folder_cannot_be_used(vault: Vault, key_ring: Path) -> None:
    await vault.create()
    (key_ring / "key-2").write_text("no key at all")

    assert (await error_of(vault.add())).reason == "KEY_RING_NOT_READY"

    assert await vault.tokens() == [TOKEN]
    (key_ring / "key-2").unlink()
    await vault.add()


async def test_unused_key_may_be_replaced_under_its_name(vault: Vault, key_ring: Path, raw: RawDatabase) -> None:
    _activate(key_ring, "key-1")
    write_key(key_ring, "key-2")
    await vault.until_everywhere("key-2")
    before = (await raw.replicas.find_one())["keys"]
    async with await raw.replicas.watch(full_document="updateLookup") as news:
        _add_and_activate(key_ring, "key-2")
        async with asyncio.timeout(90):
            while (await news.next())["fullDocument"]["keys"] in (before, before[:1]):
                pass

    await vault.create()

    assert await vault.secrets() == {"key-1": 0, "key-2": 1}


@pytest.mark.parametrize(
    ("replaced", "says"),
    [
        pytest.param(False, "key-1: is missing, and 2 stored secrets need it", id="missing"),
        pytest.param(True, "key-1: is not the key that encrypted the 2 stored secrets which need it", id="another"),
    ],
)
async def test_service_does_not_start_without_a_key_that_records_need(
    start_vault: StartVault, key_ring: Path, replaced: bool, says: str
) -> None:
    vault = await start_vault()
    await vault.create()
    await vault.add()
    await vault.stop()
    (key_ring / "key-1").unlink()
    write_key(key_ring, "key-1" if replaced else "key-2")

    with pytest.raises(KeyRingUnfit, match=says):
        await start_vault()


async def test_one_changed_record_does_not_make_the_key_a_wrong_one(
    start_vault: StartVault, vault: Vault, raw: RawDatabase
) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)
    await raw.credentials.update_one({"account_sid": ACCOUNT}, {"$set": {"versions.0.wrapped_data_key": b"x" * 60}})

    assert await (await start_vault()).tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]

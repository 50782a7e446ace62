"""A record that somebody else has written or changed, so that it is no credential any more: it stops no other."""

from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from prometheus_client import REGISTRY

from credentials_service.key_files import ACTIVE_FILE
from keva.credentials.v1 import credentials_service_pb2 as pb
from tests.credentials_service.conftest import RawDatabase, StartVault
from tests.credentials_service.vault import ACCOUNT, NEXT_TOKEN, OTHER_ACCOUNT, TOKEN, Vault, error_of, write_key

_SHARED_KEY = {"shared_key_id": "key", "algorithm": "HMAC_MD5", "key_id": "key-1"}


def _activate_another(key_ring: Path) -> None:
    write_key(key_ring, "key-2")
    (key_ring / ACTIVE_FILE).write_text("key-2\n")


def _counted(what: str = "credential") -> float:
    return REGISTRY.get_sample_value("keva_unreadable_documents_total", {"what": what}) or 0.0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"$unset": {"create_time": ""}}, id="no create_time"),
        pytest.param({"$set": {"create_time": "yesterday"}}, id="create_time is not a time"),
        pytest.param({"$unset": {"versions.0.create_time": ""}}, id="a version without create_time"),
        pytest.param({"$set": {"shared_keys": [_SHARED_KEY]}}, id="unknown algorithm"),
        pytest.param({"$set": {"versions": "none"}}, id="versions are not a list"),
        pytest.param({"$set": {"versions": None}}, id="versions are nothing"),
        pytest.param({"$set": {"versions": [7]}}, id="a version is not a document"),
        pytest.param({"$set": {"versions.0.key_id": {"a": 1}}}, id="the key's id is not text"),
        pytest.param({"$unset": {"versions.0.key_id": ""}}, id="no key's id"),
        pytest.param({"$set": {"versions.0.version": 2**40}}, id="a version that no proto has"),
        pytest.param({"$set": {"organization_id": 7}}, id="the organization is not text"),
        pytest.param({"$set": {"revision": "new"}}, id="the revision is not a number"),
        pytest.param({"$set": {"revision": 0}}, id="a revision before the first"),
        pytest.param({"$set": {"revision": 2**63 - 1}}, id="a revision that none can follow"),
    ],
)
async def test_a_malformed_record_stops_neither_the_start_nor_a_rotation(
    start_vault: StartVault, key_ring: Path, raw: RawDatabase, change: dict[str, Any]
) -> None:
    before = await start_vault()
    damaged = (await before.create(ACCOUNT)).credential_id
    await before.create(OTHER_ACCOUNT, NEXT_TOKEN)
    await before.stop()
    await raw.credentials.update_one({"_id": damaged}, change)
    counted = _counted()

    vault = await start_vault()
    _activate_another(key_ring)
    rotated = await vault.rotate()

    assert (rotated.credentials, rotated.rewrapped) == (2, 1)
    assert [(u.credential_id, u.account_sid, u.key_id) for u in rotated.unreadable] == [(damaged, ACCOUNT, "")]
    assert _counted() > counted
    assert (await vault.secrets())["key-2"] == 1
    assert await vault.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]
    assert [c.account_sid for c in (await vault.page()).credentials] == [OTHER_ACCOUNT]


async def test_whoever_needs_a_malformed_record_learns_what_to_do(vault: Vault, raw: RawDatabase) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)
    await raw.credentials.update_one({"account_sid": ACCOUNT}, {"$set": {"create_time": f"secret {TOKEN}"}})
    counted = _counted()

    for call in (vault.access(), vault.add(NEXT_TOKEN), vault.delete()):
        error = await error_of(call)
        assert (error.reason, error.metadata["account_sid"]) == ("CREDENTIAL_MALFORMED", ACCOUNT)
        assert "remove it there and connect the account again" in error.message
        assert TOKEN not in error.message

    assert _counted() == counted + 3
    assert await vault.tokens(OTHER_ACCOUNT) == [NEXT_TOKEN]
    await raw.credentials.delete_one({"account_sid": ACCOUNT})
    await vault.create(ACCOUNT)
    assert await vault.tokens() == [TOKEN]


async def test_what_else_stands_in_a_record_is_passed_over_and_kept(
    vault: Vault, key_ring: Path, raw: RawDatabase
) -> None:
    await vault.create()
    await raw.credentials.update_one({}, {"$set": {"of_a_newer_version": 1, "versions.0.too": 1}})
    _activate_another(key_ring)

    rotated = await vault.rotate()

    assert (rotated.rewrapped, list(rotated.unreadable)) == (1, [])
    assert await vault.tokens() == [TOKEN]
    assert (await raw.credentials.find_one())["of_a_newer_version"] == 1


async def test_a_record_without_a_revision_is_changed_like_others(
    vault: Vault, key_ring: Path, raw: RawDatabase
) -> None:
    async def forget_revision() -> None:
        await raw.credentials.update_one({"account_sid": ACCOUNT}, {"$unset": {"revision": ""}})

    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT, NEXT_TOKEN)
    await forget_revision()
    _activate_another(key_ring)

    rotated = await vault.rotate()
    assert (rotated.rewrapped, list(rotated.unreadable)) == (2, [])
    assert await vault.tokens() == [TOKEN]

    await forget_revision()
    await vault.add(NEXT_TOKEN)
    assert NEXT_TOKEN in await vault.tokens()

    await forget_revision()
    await vault.delete()
    assert (await vault.create(ACCOUNT)).account_sid == ACCOUNT


async def test_wherever_malformed_records_stand_a_rotation_in_parts_names_each_once(
    vault: Vault, key_ring: Path, raw: RawDatabase
) -> None:
    for number in range(3):
        await vault.create(f"AC{number:032x}", organization="middle")
    copies = [{**await raw.credentials.find_one(), "create_time": None} for _ in range(7)]
    places: list[tuple[Any, Any]] = [
        ("middle", ObjectId()),
        ("middle", 5),
        ("middle", "zzz\n"),
        ("a first one", "a"),
        (None, "b"),
        (9, "c"),
        (True, "d"),
    ]
    for number, (copy, (organization_id, name)) in enumerate(zip(copies, places, strict=True)):
        await raw.credentials.insert_one(
            {**copy, "_id": name, "organization_id": organization_id, "account_sid": f"somebody's {number}"}
        )
    _activate_another(key_ring)

    parts: list[pb.RotateKeysResponse] = [await vault.rotate(1)]
    while parts[-1].next_page_token:
        parts.append(await vault.rotate(1, parts[-1].next_page_token, parts[-1].key_id))

    named = [unreadable for part in parts for unreadable in part.unreadable]
    assert sorted(u.credential_id for u in named) == sorted(str(name) for _, name in places)
    assert {(u.account_sid, u.key_id) for u in named} == {("", "")}
    assert sum(part.rewrapped for part in parts) == 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"$unset": {"keys": ""}}, id="no keys"),
        pytest.param({"$set": {"keys": "none"}}, id="keys are not a list"),
        pytest.param({"$set": {"keys": [7]}}, id="a key is not a document"),
        pytest.param({"$set": {"keys.0.key_id": {"a": 1}}}, id="a key's id is not text"),
        pytest.param({"$set": {"keys.0.fingerprint": None}}, id="a key without a fingerprint"),
        pytest.param({"$set": {"active_key_id": 7}}, id="the active key is not text"),
        pytest.param({"$set": {"problems": 7}}, id="problems are not a list"),
        pytest.param({"$set": {"problems": [7]}}, id="a problem is not text"),
    ],
)
async def test_a_malformed_report_of_a_replica_stops_nobody(
    vault: Vault, raw: RawDatabase, change: dict[str, Any]
) -> None:
    await vault.until_everywhere("key-1")
    await raw.replicas.insert_one({**await raw.replicas.find_one(), "_id": "another"})
    await raw.replicas.update_one({"_id": "another"}, change)
    counted = _counted("replica")

    await vault.create()
    listed = await vault.keys()

    assert _counted("replica") > counted
    assert [(key.key_id, key.active, key.replicas) for key in listed.keys] == [("key-1", True, 1)]
    assert (listed.replicas, list(listed.problems)) == (1, [])
    assert await vault.tokens() == [TOKEN]

"""Every change reaches the audit trail: in order within its organization, once, however often peers and replicas
fail."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials_service.audit_seals import AuditSeals
from credentials_service.credential import Credential
from credentials_service.keyring import FileKeyRing
from credentials_service.mongo.store import MongoStore
from credentials_service.store import AuditEntry
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from keva.ticket.v1 import actor_pb2
from keva.ticket.v1.audit_service_pb2 import AuditRecord
from servicekit.rpc.request_context import Actor
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

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATED, ADDED, DISABLED, DELETED = (
    f"credential.{what}" for what in ("created", "version_added", "version_disabled", "deleted")
)


def _actions(records: list[AuditRecord], organization: str = "default") -> list[str]:
    return [record.action for record in records if record.organization_id == organization]


async def test_every_change_is_recorded_with_who_did_what_to_what(
    vault: Vault, audit_peer: tuple[AuditPeer, str]
) -> None:
    created = await vault.create()
    added = await vault.add()
    disabled = await vault.disable(1)
    await vault.delete()

    records = await audit_peer[0].first(4)

    version = {"account_sid": ACCOUNT, "key_id": "key-1"}
    assert [(record.action, dict(record.details)) for record in records] == [
        (CREATED, {**version, "version": "1"}),
        (ADDED, {**version, "version": "2"}),
        (DISABLED, {**version, "version": "1"}),
        (DELETED, {"account_sid": ACCOUNT}),
    ]
    for record in records:
        assert record.audit_record_id.startswith("aud_")
        assert (record.organization_id, record.subject_id) == ("default", created.credential_id)
        assert (record.actor.kind, record.actor.id) == (actor_pb2.ACTOR_KIND_OPERATOR, "kim")
        assert (record.workspace_id, record.ticket_id) == ("", "")
        for secret in (TOKEN, NEXT_TOKEN, TOKEN[-4:], NEXT_TOKEN[-4:]):
            assert secret not in str(dict(record.details))
    changed = [created.update_time, added.update_time, disabled.update_time]
    assert [record.record_time for record in records[:3]] == changed


async def test_a_replaced_token_is_one_record_that_names_those_it_ended(
    vault: Vault, audit_peer: tuple[AuditPeer, str]
) -> None:
    await vault.create()
    await vault.add()
    await vault.replace("third" * 6)
    await vault.replace("third" * 6)
    await vault.delete()

    records = await audit_peer[0].first(4)

    assert _actions(records) == [CREATED, ADDED, "credential.token_replaced", DELETED]
    assert dict(records[2].details) == {
        "account_sid": ACCOUNT,
        "key_id": "key-1",
        "version": "3",
        "disabled_versions": "1,2",
    }


@pytest.mark.parametrize(
    ("actor", "kind", "actor_id"),
    [
        pytest.param("agent:ann", actor_pb2.ACTOR_KIND_AGENT, "ann", id="agent"),
        pytest.param("operator:max", actor_pb2.ACTOR_KIND_OPERATOR, "max", id="operator"),
        pytest.param("twilio:nobody", actor_pb2.ACTOR_KIND_OPERATOR, "unnamed", id="kind not to be claimed"),
    ],
)
async def test_actor_is_whom_the_caller_names(
    start_vault: StartVault, audit_peer: tuple[AuditPeer, str], actor: str, kind: int, actor_id: str
) -> None:
    vault = (await start_vault()).acting_as(actor)

    await vault.create()

    (record,) = await audit_peer[0].first(1)
    assert (record.actor.kind, record.actor.id) == (kind, actor_id)


async def test_what_changes_nothing_is_not_recorded(vault: Vault, audit_peer: tuple[AuditPeer, str]) -> None:
    await vault.create()
    await vault.add(TOKEN)
    await error_of(vault.create())
    await error_of(vault.disable(1))
    await vault.delete()

    assert _actions(await audit_peer[0].first(2)) == [CREATED, DELETED]


async def test_changes_go_on_while_the_peer_is_down_and_arrive_in_order_once(
    vault: Vault, audit_peer: tuple[AuditPeer, str]
) -> None:
    peer = audit_peer[0]
    peer.down = True
    await vault.create()
    await asyncio.wait_for(peer.turned_away.wait(), 90)
    await vault.add()
    await vault.disable(1)
    await vault.create(OTHER_ACCOUNT, organization="another")
    peer.down = False

    records = await peer.first(4)

    assert _actions(records) == [CREATED, ADDED, DISABLED]
    assert _actions(records, "another") == [CREATED]


async def test_peer_that_comes_up_later_gets_everything(start_vault: StartVault) -> None:
    port = free_port()
    vault = await start_vault(ticket_service=f"127.0.0.1:{port}")
    await vault.create()
    await vault.add()
    peer = AuditPeer()  # type: ignore[abstract]

    server, _ = await peer.serve(f"127.0.0.1:{port}")

    assert _actions(await peer.first(2)) == [CREATED, ADDED]
    await server.stop(None)


async def test_organization_whose_records_are_refused_does_not_hold_up_another(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase
) -> None:
    peer = audit_peer[0]
    peer.refuses = "a-bad-one"
    await vault.create(ACCOUNT, organization="a-bad-one")
    await asyncio.wait_for(peer.turned_away.wait(), 90)

    await vault.create(OTHER_ACCOUNT, organization="default")

    assert [record.organization_id for record in await peer.first(1)] == ["default"]
    assert [entry["action"] for entry in await raw.audit_outbox.find({"organization_id": "a-bad-one"}).to_list()] == [
        CREATED
    ]


async def test_what_loses_a_race_is_handed_over_again_soon(vault: Vault, audit_peer: tuple[AuditPeer, str]) -> None:
    """Refused records wait for a minute, each time; the peer's records are awaited for a minute and a half."""
    audit_peer[0].lost_races = 3

    await vault.create()

    assert _actions(await audit_peer[0].first(1)) == [CREATED]


async def test_a_replica_whose_clock_is_fast_holds_up_no_other(
    start_vault: StartVault, audit_peer: tuple[AuditPeer, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credentials_service.__main__.utc_now", lambda: datetime.now(UTC) + timedelta(hours=1))
    fast = await start_vault()
    await fast.create()
    await audit_peer[0].first(1)
    await fast.stop()
    monkeypatch.undo()

    vault = await start_vault()
    await vault.delete()

    assert _actions(await audit_peer[0].first(2)) == [CREATED, DELETED]


async def test_replicas_share_one_outbox(start_vault: StartVault, audit_peer: tuple[AuditPeer, str]) -> None:
    vaults = [await start_vault(), await start_vault()]
    await vaults[0].create()
    for i in range(6):
        await vaults[i % 2].add(f"{NEXT_TOKEN}{i}")

    records = await audit_peer[0].first(7)

    assert [record.details["version"] for record in records] == [str(i) for i in range(1, 8)]
    assert len({record.audit_record_id for record in records}) == 7


async def test_more_than_one_call_may_carry_arrives_whole(
    store: MongoStore,
    start_vault: StartVault,
    audit_peer: tuple[AuditPeer, str],
    raw: RawDatabase,
    seals: AuditSeals,
) -> None:
    await raw.audit_outbox.insert_many([_document(f"aud_{i:03}", i, seals) for i in range(250)])

    await start_vault()

    arrived = [record.audit_record_id for record in await audit_peer[0].first(250)]
    assert arrived == [f"aud_{i:03}" for i in range(250)]


async def test_queue_of_a_replica_that_died_is_taken_over(
    store: MongoStore, vault: Vault, audit_peer: tuple[AuditPeer, str]
) -> None:
    assert await store.outbox.claim("default", "dead", timedelta(seconds=1))

    await vault.create()

    assert _actions(await audit_peer[0].first(1)) == [CREATED]


async def test_what_arrived_leaves_the_outbox(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase
) -> None:
    async with await raw.audit_outbox.watch([{"$match": {"operationType": "delete"}}]) as removals:
        await vault.create()
        removed = (await asyncio.wait_for(removals.next(), 90))["documentKey"]["_id"]

    assert [record.audit_record_id for record in audit_peer[0].records] == [removed]
    assert await raw.audit_outbox.count_documents({}) == 0


async def test_change_without_its_record_is_impossible(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase
) -> None:
    """The collection refuses every record, so the change that belongs to it must fail as well."""
    audit_peer[0].down = True
    created = await vault.create()
    await raw.command("collMod", "audit_outbox", validator={"action": CREATED}, validationLevel="strict")

    for call in (vault.add(), vault.delete()):
        assert (await error_of(call)).reason == "INTERNAL"

    assert (await vault.access()).credential == created
    assert await raw.audit_outbox.count_documents({}) == 1


@pytest.fixture
async def store(mongod: Mongod, database: str, seals: AuditSeals) -> AsyncIterator[MongoStore]:
    """The store alone, without a relay that empties its outbox."""
    alone = MongoStore(mongod.uri, database, seals)
    await alone.prepare()
    yield alone
    alone.close()


def _document(audit_record_id: str, sequence: int, seals: AuditSeals) -> dict[str, Any]:
    kim = Actor("operator", "kim")
    seal = seals.seal(AuditEntry(audit_record_id, "default", CREATED, "crd_1", kim, NOON), sequence)
    actor = {"kind": kim.kind, "id": kim.id}
    fields = {"action": CREATED, "subject_id": "crd_1", "actor": actor, "time": NOON, "details": {}}
    return {"_id": audit_record_id, "organization_id": "default", **fields, "sequence": sequence, "seal": seal}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"actor": {"kind": "agent", "id": "alice"}}, id="somebody else"),
        pytest.param({"action": "keys.rotated"}, id="something else"),
        pytest.param({"subject_id": "crd_2"}, id="of something else"),
        pytest.param({"time": NOON - timedelta(days=300)}, id="at another time"),
        pytest.param({"details": {"a": "b"}}, id="with other details"),
        pytest.param({"sequence": 7}, id="in another place"),
        pytest.param({"seal": ""}, id="not sealed"),
        pytest.param({"seal": 7}, id="no seal"),
        pytest.param({"seal": "key-1 " + "0" * 64}, id="sealed by somebody else"),
        pytest.param({"actor": None}, id="nonsense"),
    ],
)
async def test_what_somebody_else_put_into_the_outbox_is_set_aside(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase, seals: AuditSeals, change: dict[str, Any]
) -> None:
    await raw.audit_outbox.insert_one({**_document("aud_forged", 1, seals), **change})

    await vault.create()

    assert [record.subject_id[:4] for record in await audit_peer[0].first(1)] == ["crd_"]
    assert "aud_forged" not in [record.audit_record_id for record in audit_peer[0].records]
    (kept,) = await raw.audit_outbox.find({"_id": "aud_forged"}).to_list()
    assert kept["refused"]


@pytest.mark.parametrize("organization_id", [None, 7])
async def test_an_entry_whose_organization_is_none_holds_up_nobody(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase, seals: AuditSeals, organization_id: object
) -> None:
    await raw.audit_outbox.insert_one({**_document("aud_forged", 1, seals), "organization_id": organization_id})

    await vault.create()

    assert [record.subject_id[:4] for record in await audit_peer[0].first(1)] == ["crd_"]


async def test_an_entry_waits_for_the_key_that_sealed_it(
    vault: Vault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase, key_ring: Path, tmp_path: Path
) -> None:
    write_key(tmp_path / "elsewhere", "key-2")
    elsewhere = AuditSeals(FileKeyRing.load(tmp_path / "elsewhere", ""))
    await raw.audit_outbox.insert_one(_document("aud_later", 0, elsewhere))
    await vault.create()

    (key_ring / "active").write_text("key-1")
    (key_ring / "key-2").write_bytes((tmp_path / "elsewhere" / "key-2").read_bytes())

    assert next(iter(await audit_peer[0].first(2))).audit_record_id == "aud_later"


@pytest.mark.parametrize("reused", [False, True], ids=["its file is gone", "its name is another key's"])
async def test_entries_of_a_lost_key_are_set_aside_and_hold_up_nobody(
    start_vault: StartVault, audit_peer: tuple[AuditPeer, str], raw: RawDatabase, key_ring: Path, reused: bool
) -> None:
    audit_peer[0].down = True
    before = await start_vault()
    await before.create()
    await before.stop()
    (lost,) = await raw.audit_outbox.find().to_list()
    (key_ring / "key-1").unlink()
    write_key(key_ring, "key-1" if reused else "key-2")
    audit_peer[0].down = False

    vault = await start_vault(lost_key_ids=" key-1, key-9")
    await vault.delete()

    assert _actions(await audit_peer[0].first(1)) == [DELETED]
    (kept,) = await raw.audit_outbox.find({"_id": lost["_id"]}).to_list()
    assert (kept["lost_key"], kept.get("refused")) == (True, None)
    await vault.until_keys(lambda listed: not any(key.waiting_audit_records for key in listed.keys))


async def test_an_entry_of_a_key_that_is_given_up_and_there_all_the_same_arrives(
    start_vault: StartVault, audit_peer: tuple[AuditPeer, str]
) -> None:
    vault = await start_vault(lost_key_ids="key-1")

    await vault.create()

    assert _actions(await audit_peer[0].first(1)) == [CREATED]


LONG, OVER = timedelta(hours=1), timedelta(seconds=-1)


async def test_queue_is_one_replicas_at_a_time(store: MongoStore) -> None:
    outbox = store.outbox

    assert await outbox.claim("default", "a", LONG)
    assert await outbox.claim("default", "a", LONG)
    assert not await outbox.claim("default", "b", LONG)
    assert await outbox.claim("another", "b", LONG)
    await outbox.release("default", "b")
    assert not await outbox.claim("default", "b", LONG)
    await outbox.release("default", "a")
    assert await outbox.claim("default", "b", OVER)
    assert await outbox.claim("default", "a", LONG)
    assert not await outbox.claim("default", "b", LONG)


async def test_queue_that_nobody_had_claimed_is_claimed_once(store: MongoStore) -> None:
    claims = await asyncio.gather(*(store.outbox.claim("default", f"{number}", LONG) for number in range(8)))

    assert claims.count(True) == 1


async def test_queue_that_was_put_off_is_nobodys_until_then(store: MongoStore) -> None:
    await store.outbox.claim("default", "a", LONG)
    await store.outbox.release("default", "a", LONG)
    assert not await store.outbox.claim("default", "a", LONG)

    await store.outbox.claim("another", "a", LONG)
    await store.outbox.release("another", "a", OVER)
    assert await store.outbox.claim("another", "a", LONG)


async def test_queue_keeps_the_order_of_commits_whatever_the_clocks_say(store: MongoStore) -> None:
    entries = [
        AuditEntry(f"aud_{9 - i}", "default", CREATED, "crd_1", Actor("operator", "kim"), NOON - timedelta(hours=i))
        for i in range(3)
    ]

    for i, entry in enumerate(entries):
        credential = Credential(f"crd_{i}", "default", f"AC{i:032x}", "", (), NOON, NOON)
        assert await store.create(credential, entry)

    assert await store.outbox.oldest("default", 10) == entries
    assert await store.outbox.oldest("default", 1) == entries[:1]
    assert await store.outbox.organizations() == ["default"]

"""credentials_service over real gRPC and a real mongod. Its peer, the audit trail, is a server of the test's own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pymongo
import pytest

from credentials_service.__main__ import CredentialsService
from credentials_service.audit_seals import AuditSeals
from credentials_service.keyring import FileKeyRing, KeyRingUnfit
from credentials_service.settings import CredentialsServiceSettings
from dev.local_stack.mongod import Mongod
from tests.credentials_service.vault import AuditPeer, Vault, write_key
from tests.identities import channel_to, policy_file, tls_dir
from tests.mongo_clients import client_of_services

RawDatabase = Any


@pytest.fixture
async def audit_peer() -> AsyncIterator[tuple[AuditPeer, str]]:
    """The peer and its address."""
    peer = AuditPeer()  # type: ignore[abstract]
    server, port = await peer.serve("127.0.0.1:0")
    yield peer, f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
def key_ring(tmp_path: Path) -> Path:
    """A key ring with one key, key-1."""
    write_key(tmp_path / "keys", "key-1")
    return tmp_path / "keys"


@pytest.fixture
def seals(key_ring: Path) -> AuditSeals:
    """Those of whoever has that key ring."""
    return AuditSeals(FileKeyRing.load(key_ring, ""))


StartVault = Callable[..., Awaitable[Vault]]


@pytest.fixture
async def start_vault(
    mongod: Mongod, database: str, audit_peer: tuple[AuditPeer, str], key_ring: Path
) -> AsyncIterator[StartVault]:
    """Starts a replica on this test's database and key ring, as they are at that moment; settings may be given."""
    async with contextlib.AsyncExitStack() as started:

        async def start(**given: Any) -> Vault:
            settings: dict[str, Any] = {
                "mongodb_uri": mongod.uri,
                "mongodb_database": database,
                "key_ring_dir": key_ring,
                "ticket_service": audit_peer[1],
                "audit_poll_seconds": 0.1,
                "key_ring_poll_seconds": 0.1,
                "health_listen": "127.0.0.1:0",
                "tls_dir": tls_dir("credentials_service"),
                "rpc_policy_file": policy_file(),
            }
            wanted = CredentialsServiceSettings(**{**settings, **given})
            service = CredentialsService(wanted, client_of_services(wanted.mongodb_uri))
            replica = contextlib.AsyncExitStack()
            started.push_async_callback(replica.aclose)
            vault = Vault(await replica.enter_async_context(_running(service)))
            vault.stop = replica.aclose
            return vault

        yield start


@contextlib.asynccontextmanager
async def _running(service: CredentialsService) -> AsyncIterator[grpc.aio.Channel]:
    try:
        await service.prepare()
    except KeyRingUnfit:
        await service.close()
        raise
    port = await service.server.start("127.0.0.1:0")
    await service.server.set_ready()
    loops = {asyncio.create_task(loop()) for loop in (service.relay.run, service.key_ring.run)}
    async with channel_to("credentials_service", port) as channel:
        yield channel
    for loop in loops:
        loop.cancel()
    await asyncio.wait(loops)
    await service.server.drain(0)
    await service.close()


@pytest.fixture
async def vault(start_vault: StartVault) -> Vault:
    """One replica."""
    return await start_vault()


@pytest.fixture
async def raw(mongod: Mongod, database: str) -> AsyncIterator[RawDatabase]:
    """The database itself, as somebody who stole or changes it sees it."""
    client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(mongod.uri, tz_aware=True)
    yield client[database]
    await client.close()

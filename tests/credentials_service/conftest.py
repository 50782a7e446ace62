"""credentials_service over real gRPC and a real mongod. Its peer, the audit trail, is a server of the test's own."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from credentials_service.__main__ import CredentialsService
from credentials_service.settings import CredentialsServiceSettings
from dev.local_stack.mongod import Mongod
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.ticket.v1 import audit_service_pb2, audit_service_pb2_grpc
from servicekit.channel import open_channel


class AuditPeer(audit_service_pb2_grpc.AuditServiceServicer):
    """Stands for ticket_service's audit trail: keeps what it is handed; may be told to be down."""

    def __init__(self) -> None:
        self.records: asyncio.Queue[audit_service_pb2.AuditRecord] = asyncio.Queue()
        self.refused = asyncio.Event()
        self.down = False

    async def AppendAuditRecords(self, request: Any, context: Any) -> audit_service_pb2.AppendAuditRecordsResponse:
        if self.down:
            self.refused.set()
            await context.abort(grpc.StatusCode.UNAVAILABLE, "down")
        for record in request.audit_records:
            await self.records.put(record)
        return audit_service_pb2.AppendAuditRecordsResponse()


@pytest.fixture
async def audit_peer() -> AsyncIterator[tuple[AuditPeer, str]]:
    """The peer and its address."""
    peer, server = AuditPeer(), grpc.aio.server()  # type: ignore[abstract]
    audit_service_pb2_grpc.add_AuditServiceServicer_to_server(peer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield peer, f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
def key_ring(tmp_path: Path) -> Path:
    """A key ring with one key."""
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "key-1").write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
    return folder


@dataclass
class Vault:
    """A running credentials_service."""

    stub: "credentials_service_pb2_grpc.CredentialsServiceAsyncStub"
    audit: AuditPeer


StartVault = Callable[[], Awaitable[Vault]]


@pytest.fixture
async def start_vault(
    mongod: Mongod, database: str, audit_peer: tuple[AuditPeer, str], key_ring: Path
) -> AsyncIterator[StartVault]:
    """Starts a replica on this test's database and key ring, as they are at that moment."""
    stopped = asyncio.Event()
    started: list[tuple[asyncio.Task[None], grpc.aio.Channel]] = []

    async def start() -> Vault:
        settings = CredentialsServiceSettings(
            grpc_listen="127.0.0.1:0",
            mongodb_uri=mongod.uri,
            mongodb_database=database,
            key_ring_dir=key_ring,
            ticket_service=audit_peer[1],
            audit_poll_seconds=0.1,
            drain_seconds=0,
        )
        service = CredentialsService(settings)
        running = asyncio.create_task(service.run(stopped))
        await asyncio.wait_for(service.server.ready.wait(), 20)
        channel = open_channel(f"127.0.0.1:{service.server.port}", "test")
        started.append((running, channel))
        return Vault(credentials_service_pb2_grpc.CredentialsServiceStub(channel), audit_peer[0])

    yield start
    stopped.set()
    for running, channel in started:
        await running
        await channel.close()


@pytest.fixture
async def vault(start_vault: StartVault) -> Vault:
    """One replica."""
    return await start_vault()

"""`python -m credentials_service` as it is deployed: a process with settings, a database that may be late, signals."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dev.forking.client import ForkServer
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from tests.credentials_service.vault import NEXT_TOKEN, TOKEN, AuditPeer, Vault, error_of, write_key
from tests.identities import channel_to, environment_of, plain_channel

SERVICE = "keva.credentials.v1.CredentialsService"
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


class Service:
    """A started process and what it has written."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines: list[str] = []
        self.process: ChildProcess
        self._written = asyncio.Event()

    def take(self, _: str, line: str) -> None:
        """Where its output goes."""
        self.lines.append(line)
        self._written.set()

    async def logged(self, event: str) -> dict[str, Any]:
        """The first line of that event, as soon as there is one."""
        seen = 0
        async with asyncio.timeout(60):
            while True:
                self._written.clear()
                for line in self.lines[seen:]:
                    fields = json.loads(line)
                    if fields["event"] == event:
                        return dict(fields)
                seen = len(self.lines)
                await self._written.wait()

    async def ended(self) -> int:
        """Its exit status, once it has ended by itself."""
        return await asyncio.wait_for(asyncio.shield(self.process.exited), 60)


StartService = Callable[[dict[str, str]], Awaitable[Service]]


@pytest.fixture
async def start_service(forks: ForkServer) -> AsyncIterator[StartService]:
    """Starts the service with nothing but these settings."""
    started: list[Service] = []

    async def start(settings: dict[str, str]) -> Service:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
        service = Service(free_port())
        environment = {**kept, "KEVA_GRPC_LISTEN": f"127.0.0.1:{service.port}", **settings}
        command = [sys.executable, "-m", "credentials_service"]
        service.process = await forks.start("credentials_service", command, environment, service.take)
        started.append(service)
        return service

    yield start
    for service in started:
        await service.process.stop()


def _settings(mongodb_uri: str, database: str, key_ring: Path, ticket_service: str) -> dict[str, str]:
    return {
        "KEVA_MONGODB_URI": mongodb_uri,
        "KEVA_MONGODB_DATABASE": database,
        "KEVA_KEY_RING_DIR": str(key_ring),
        "KEVA_TICKET_SERVICE": ticket_service,
        "KEVA_LOG_LEVEL": "DEBUG",
        **environment_of("credentials_service"),
    }


async def _health(channel: grpc.aio.Channel, service: str = SERVICE) -> int:
    stub = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=90)
    return int(answer.status)


async def test_serves_until_sigterm_and_writes_no_secret_to_its_log(
    start_service: StartService, mongod: Mongod, database: str, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    service = await start_service(_settings(mongod.uri, database, key_ring, audit_peer[1]))
    await service.logged("ready")
    async with channel_to("credentials_service", service.port) as channel:
        assert await _health(channel) == await _health(channel, "") == SERVING
        vault = Vault(channel)
        await vault.create()
        await vault.add()
        assert await vault.tokens() == [NEXT_TOKEN, TOKEN]
        await error_of(vault.add("no token at all"))
        assert [record.action for record in await audit_peer[0].first(2)] == [
            "credential.created",
            "credential.version_added",
        ]

    assert await service.process.stop() == 0

    log = "\n".join(service.lines)
    assert '"event": "draining"' in log
    for secret in (TOKEN, NEXT_TOKEN, "no token at all", (key_ring / "key-1").read_text().strip()):
        assert secret not in log


async def test_waits_for_a_database_that_comes_up_later_and_says_so_when_it_goes(
    start_service: StartService, tmp_path: Path, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    port = free_port()
    uri = f"mongodb://127.0.0.1:{port}/?replicaSet=keva"
    service = await start_service(_settings(uri, "keva_credentials", key_ring, audit_peer[1]))
    await service.logged("waiting for the database")
    # One without retries: each of them would wait for the database again.
    async with plain_channel("credentials_service", service.port) as channel:
        assert await _health(channel) == NOT_SERVING

        mongod = await Mongod.start(tmp_path / "db", port)
        try:
            await service.logged("ready")
            assert await _health(channel) == SERVING
            await Vault(channel).create()
        finally:
            await mongod.process.stop()

        assert (await error_of(Vault(channel).get())).reason == "STORE_UNAVAILABLE"
    assert await service.process.stop() == 0


async def test_stops_while_it_waits_for_its_database(
    start_service: StartService, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    uri = f"mongodb://127.0.0.1:{free_port()}/?replicaSet=keva"
    service = await start_service(_settings(uri, "keva_credentials", key_ring, audit_peer[1]))
    await service.logged("waiting for the database")

    assert await service.process.stop() == 0


async def test_names_all_wrong_settings_at_once(start_service: StartService) -> None:
    service = await start_service({"KEVA_LOG_LEVEL": "LOUD", "KEVA_AUDIT_POLL_SECONDS": "0"})

    assert await service.ended() == 2

    said = "\n".join(service.lines)
    for name in ("MONGODB_URI", "KEY_RING_DIR", "TICKET_SERVICE", "LOG_LEVEL", "AUDIT_POLL_SECONDS"):
        assert f"KEVA_{name}:" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("key_ids", "active", "says"),
    [
        pytest.param([], "", "holds no key. Has Keva run before, its keys are lost: put their files back", id="no key"),
        pytest.param(["key-1", "key-2"], "", "KEVA_ACTIVE_KEY_ID: say which of key-1, key-2", id="which is active"),
        pytest.param(["key-1"], "key-7", "KEVA_ACTIVE_KEY_ID: there is no key key-7", id="active one is missing"),
    ],
)
async def test_does_not_start_with_a_key_ring_that_cannot_work(
    start_service: StartService, tmp_path: Path, key_ids: list[str], active: str, says: str
) -> None:
    folder = tmp_path / "ring"
    folder.mkdir()
    for key_id in key_ids:
        write_key(folder, key_id)
    settings = _settings("mongodb://127.0.0.1:1/?replicaSet=keva", "keva_credentials", folder, "127.0.0.1:1")

    service = await start_service({**settings, "KEVA_ACTIVE_KEY_ID": active, "KEVA_LOG_LEVEL": "INFO"})

    assert await service.ended() == 1
    assert len(service.lines) == 1
    assert says in service.lines[0]


async def test_does_not_start_without_a_key_that_stored_secrets_need(
    start_service: StartService, mongod: Mongod, database: str, key_ring: Path, audit_peer: tuple[AuditPeer, str]
) -> None:
    settings = _settings(mongod.uri, database, key_ring, audit_peer[1])
    service = await start_service(settings)
    await service.logged("ready")
    async with channel_to("credentials_service", service.port) as channel:
        await Vault(channel).create()
    await service.process.stop()
    (key_ring / "key-1").rename(key_ring / "key-2")

    refused = await start_service(settings)
    assert await refused.ended() == 1
    assert any("key-1: is missing, and 1 stored secrets need it" in line for line in refused.lines)
    assert "Traceback" not in "\n".join(refused.lines)

    accepted = await start_service({**settings, "KEVA_LOST_KEY_IDS": "key-1"})
    await accepted.logged("ready")

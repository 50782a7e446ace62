"""`python -m ticket_service` as a process: its settings, its health, its start before the database, and its end."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dev.forking.client import ForkServer
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from keva.ticket.v1 import ticket_service_pb2, ticket_service_pb2_grpc
from tests.identities import environment_of, plain_channel
from tests.ticket_service.audit_keys import audit_keys_dir
from tests.ticket_service.desk import error_of

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Process:
    """A ticket_service process on a port of its own, and what it says."""

    def __init__(self, forks: ForkServer) -> None:
        self._forks = forks
        self.port = free_port()
        self.lines: list[str] = []
        self.child: ChildProcess | None = None
        # No retries: each call is one answer of the process.
        self.channel = plain_channel("ticket_service", self.port, (("grpc.enable_retries", 0),))
        self.tickets = ticket_service_pb2_grpc.TicketServiceStub(self.channel)

    async def start(self, **settings: str) -> ChildProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
        environment |= {"KEVA_GRPC_LISTEN": f"127.0.0.1:{self.port}", **environment_of("ticket_service"), **settings}
        command = [sys.executable, "-m", "ticket_service"]
        self.child = await self._forks.start("ticket_service", command, environment, self._heard)
        return self.child

    def _heard(self, _: str, line: str) -> None:
        self.lines.append(line)

    async def health(self, until: "health_pb2.HealthCheckResponse.ServingStatus.ValueType") -> None:
        """Returns once the health service says `until`."""
        stub = health_pb2_grpc.HealthStub(self.channel)
        request = health_pb2.HealthCheckRequest(service="keva.ticket.v1.TicketService")
        watch = stub.Watch(request, wait_for_ready=True)
        async with asyncio.timeout(90):
            async for response in watch:
                if response.status == until:
                    break
        watch.cancel()


@pytest.fixture
async def process(forks: ForkServer) -> AsyncIterator[Process]:
    """A process that is not started yet; ended after the test."""
    service = Process(forks)
    yield service
    await service.channel.close()
    if service.child is not None:
        await service.child.stop()


def _no_peers() -> dict[str, str]:
    """Peers that nobody has started, and an audit key."""
    peers = {name: f"127.0.0.1:{free_port()}" for name in ("KEVA_SMS_SERVICE", "KEVA_RESPONDER_SERVICE")}
    return peers | {"KEVA_AUDIT_KEYS_DIR": str(audit_keys_dir())}


async def test_wrong_settings_are_all_named_at_once(process: Process) -> None:
    child = await process.start(
        KEVA_OUTBOX_POLL_SECONDS="never", KEVA_DEFAULT_REGION="usa", KEVA_LOG_LEVEL="LOUD", KEVA_DRAIN_SECONDS="-1"
    )

    assert await asyncio.wait_for(child.exited, 90) == 2
    named = {line.split(":")[0].strip() for line in process.lines[1:]}
    assert named == {
        "KEVA_MONGODB_URI",
        "KEVA_SMS_SERVICE",
        "KEVA_RESPONDER_SERVICE",
        "KEVA_AUDIT_KEYS_DIR",
        "KEVA_OUTBOX_POLL_SECONDS",
        "KEVA_DEFAULT_REGION",
        "KEVA_LOG_LEVEL",
        "KEVA_DRAIN_SECONDS",
    }
    assert "never" not in "\n".join(process.lines)


async def test_process_serves_and_ends_on_sigterm(process: Process, mongod: Mongod, database: str) -> None:
    child = await process.start(KEVA_MONGODB_URI=mongod.uri, KEVA_MONGODB_DATABASE=database, **_no_peers())

    await process.health(SERVING)
    found = await process.tickets.ListTickets(ticket_service_pb2.ListTicketsRequest(workspace_id="default"), timeout=90)
    status = await child.stop()

    assert not found.tickets
    assert status == 0
    assert {"ready", "draining"} <= {json.loads(line)["event"] for line in process.lines}


async def test_process_waits_for_its_database(process: Process, tmp_path: Path) -> None:
    port = free_port()
    await process.start(KEVA_MONGODB_URI=f"mongodb://127.0.0.1:{port}/?replicaSet=keva", **_no_peers())

    await process.health(NOT_SERVING)
    list_tickets = ticket_service_pb2.ListTicketsRequest(workspace_id="default")
    # A deadline of 3 s is what a webhook has: the answer comes from the service, not from the deadline.
    error = await error_of(process.tickets.ListTickets(list_tickets, timeout=3))
    assert error.reason == "STORE_UNAVAILABLE"

    mongod = await Mongod.start(tmp_path, port)
    try:
        await process.health(SERVING)
        assert not (await process.tickets.ListTickets(list_tickets, timeout=90)).tickets
    finally:
        mongod.process.kill()
        await mongod.process.exited


async def test_process_without_its_port_ends(
    process: Process, mongod: Mongod, database: str, forks: ForkServer
) -> None:
    settings = {
        "KEVA_MONGODB_URI": mongod.uri,
        "KEVA_MONGODB_DATABASE": database,
        **_no_peers(),
    }
    await process.start(**settings)
    await process.health(SERVING)

    second = await forks.start(
        "second",
        [sys.executable, "-m", "ticket_service"],
        {**os.environ, **environment_of("ticket_service"), **settings, "KEVA_GRPC_LISTEN": f"127.0.0.1:{process.port}"},
        lambda _, line: process.lines.append(line),
    )

    assert await asyncio.wait_for(second.exited, 90) != 0
    assert any("is another process using the port?" in line for line in process.lines)

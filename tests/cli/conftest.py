"""The command line under test is a process of its own; the services that it talks to are real gRPC servers with
prepared answers."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dev.forking.client import ForkServer
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    event_service_pb2,
    report_service_pb2,
    saved_reply_service_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from tests.cli.forked import run_forked
from tests.client.peer import Peer
from tests.identities import tls_dir

ROOT = Path(__file__).parents[2]


@dataclass
class Result:
    """How a command ended."""

    status: int
    output: str
    error: str


@dataclass
class Keva:
    """Runs `keva` in a folder of its own, against the two peers. Where the interpreter's own start matters, as for
    encodings and what it finds to import, set `starts_python`."""

    folder: Path
    ticket_service: Peer
    sms_service: Peer
    forks: ForkServer
    environment: dict[str, str] = field(default_factory=dict)
    starts_python: bool = False

    def whole_environment(self) -> dict[str, str]:
        """What the process sees."""
        services = {"KEVA_TICKET_SERVICE": self.ticket_service.address, "KEVA_SMS_SERVICE": self.sms_service.address}
        inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TZ": "UTC", "LANG": "C.UTF-8"}
        inherited["KEVA_TLS_DIR"] = str(tls_dir("operator"))
        return {**inherited, **services, **self.environment}

    async def __call__(self, *arguments: str | bytes, stdin: bytes = b"") -> Result:
        """Runs one command to its end."""
        environment, words = self.whole_environment(), [os.fsdecode(argument) for argument in arguments]
        if self.starts_python:
            ended = await self._start(words, environment, stdin)
        else:
            ended = await run_forked(self.forks, words, self.folder, environment, stdin)
        status, output, error = ended
        assert b"Traceback" not in error
        return Result(status, output.decode(), error.decode())

    async def _start(self, words: list[str], environment: dict[str, str], stdin: bytes) -> tuple[int, bytes, bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cli",
            *words,
            cwd=self.folder,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, error = await process.communicate(stdin)
        assert process.returncode is not None
        return process.returncode, output, error


@pytest.fixture
async def ticket_service() -> AsyncIterator[Peer]:
    """Stands for ticket_service."""
    peer = Peer(
        "ticket_service",
        *(ticket_service_pb2, channel_service_pb2, workspace_service_pb2, audit_service_pb2, event_service_pb2),
        *(report_service_pb2, agent_service_pb2, saved_reply_service_pb2),
    )
    await peer.start()
    yield peer
    await peer.stop()


@pytest.fixture
async def sms_service() -> AsyncIterator[Peer]:
    """Stands for sms_service."""
    peer = Peer("sms_service", sms_service_pb2)
    await peer.start()
    yield peer
    await peer.stop()


@pytest.fixture
async def start_peer() -> AsyncIterator[Callable[..., Awaitable[Peer]]]:
    """Starts further services: those of the given pb2 modules, or one that has its health alone."""
    peers: list[Peer] = []

    async def start(service: str, *files: Any) -> Peer:
        peers.append(Peer(service, *files))
        await peers[-1].start()
        return peers[-1]

    yield start
    for peer in peers:
        await peer.stop()


@pytest.fixture
def keva(tmp_path: Path, ticket_service: Peer, sms_service: Peer, forks: ForkServer) -> Keva:
    """The command line."""
    return Keva(tmp_path, ticket_service, sms_service, forks)

"""The command line under test is a process of its own; the services that it talks to are real gRPC servers with
prepared answers."""

import asyncio
import inspect
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.message import Message

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import audit_service_pb2, channel_service_pb2, ticket_service_pb2, workspace_service_pb2
from tests.cli.forked import Forked, forking
from tests.identities import server, tls_dir

ROOT = Path(__file__).parents[2]
Answer = Message | Exception | Callable[[Any], Any]


class Peer:
    """A service that gives prepared answers, by RPC name, and remembers what it was asked."""

    def __init__(self, service: str, *files: Any) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.address = ""
        self._server = server(service)
        for file in files:
            for described in file.DESCRIPTOR.services_by_name.values():
                handlers = {method.name: self._handler(method) for method in described.methods}
                generic = grpc.method_handlers_generic_handler(described.full_name, handlers)
                self._server.grpc.add_generic_rpc_handlers((generic,))

    async def start(self) -> None:
        """Listens on a free port."""
        self.address = f"127.0.0.1:{await self._server.start('127.0.0.1:0')}"
        await self._server.set_ready()

    async def stop(self) -> None:
        """Ends it at once."""
        await self._server.drain(0)

    def last(self) -> Any:
        """The request that came last."""
        return self.requests[-1]

    def _handler(self, method: Any) -> Any:
        async def answer(request: Message, context: Any) -> Message:
            self.requests.append(request)
            self.metadata = dict(context.invocation_metadata())
            prepared = self.answers.get(method.name)
            if prepared is None:
                await context.abort(grpc.StatusCode.UNIMPLEMENTED, "no answer is prepared")
            if isinstance(prepared, Exception):
                raise prepared
            assert prepared is not None
            given = prepared if isinstance(prepared, Message) else prepared(request)
            return await given if inspect.isawaitable(given) else given

        request_class = message_factory.GetMessageClass(method.input_type)
        return grpc.unary_unary_rpc_method_handler(answer, request_class.FromString, _serialized)


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()


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
    forked: Forked
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
            ended = await self.forked.run(words, self.folder, environment, stdin)
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
    peer = Peer("ticket_service", ticket_service_pb2, channel_service_pb2, workspace_service_pb2, audit_service_pb2)
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


@pytest.fixture(scope="package")
async def forked() -> AsyncIterator[Forked]:
    """What commands are forked from."""
    async with forking() as process:
        yield process


@pytest.fixture
def keva(tmp_path: Path, ticket_service: Peer, sms_service: Peer, forked: Forked) -> Keva:
    """The command line."""
    return Keva(tmp_path, ticket_service, sms_service, forked)

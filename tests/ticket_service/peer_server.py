"""A peer of ticket_service as a process would be: on one port of its own, also after it was stopped in between."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Generic, TypeVar

import grpc

from dev.local_stack.ports import free_port
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.mutual_tls import server_credentials
from tests.identities import certificates, real_door

Peer = TypeVar("Peer")
Answer = TypeVar("Answer")


async def in_nobodys_name(said: Awaitable[Answer]) -> Answer:
    """What a test says, of itself: what it asks meanwhile is not asked in the name of whoever the peer answers."""

    async def say() -> Answer:
        return await said

    return await asyncio.create_task(say(), context=Context())


class PeerServer(Generic[Peer]):
    """Serves `peer`, which `add` puts into a gRPC server, as `service`."""

    def __init__(
        self,
        peer: Peer,
        add: Callable[[Peer, grpc.aio.Server], None],
        service: str = "sms_service",
        own: CertificateFolder | None = None,
    ) -> None:
        self.peer = peer
        self._certificates = own or certificates(service)
        self._add = add
        # Nobody else is given it while it is stopped.
        self._port = free_port()
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        """Where it is, or was."""
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Serves."""
        self._server = grpc.aio.server(interceptors=[real_door()])
        self._add(self.peer, self._server)
        self._server.add_secure_port(self.address, server_credentials(self._certificates))
        await self._server.start()

    async def stop(self) -> None:
        """Nobody answers any more."""
        assert self._server is not None
        await self._server.stop(None)

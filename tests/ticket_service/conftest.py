"""ticket_service over real gRPC and a real mongod. Its peer sms_service is a gRPC server of the test's own, which says
which numbers there are and takes what is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import grpc
import pytest

from dev.local_stack.mongod import Mongod
from keva.sms.v1 import sms_service_pb2_grpc
from keva.ticket.v1 import (
    audit_service_pb2_grpc,
    channel_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit.channel import open_channel
from servicekit.grpc_errors import ErrorInterceptor
from tests.ticket_service.desk import Desk, SmsPeer
from ticket_service.__main__ import TicketService
from ticket_service.settings import TicketServiceSettings


@pytest.fixture
async def sms_peer() -> AsyncIterator[tuple[SmsPeer, str]]:
    """The peer and its address."""
    peer, server = SmsPeer(), grpc.aio.server(interceptors=[ErrorInterceptor()])  # type: ignore[abstract]
    sms_service_pb2_grpc.add_SmsServiceServicer_to_server(peer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield peer, f"127.0.0.1:{port}"
    await server.stop(None)


StartDesk = Callable[[], Awaitable[Desk]]


@pytest.fixture
async def start_desk(mongod: Mongod, database: str, sms_peer: tuple[SmsPeer, str]) -> AsyncIterator[StartDesk]:
    """Starts a replica of ticket_service on this test's database; call it again for another one."""
    stopped = asyncio.Event()
    started: list[tuple[asyncio.Task[None], grpc.aio.Channel]] = []

    async def start() -> Desk:
        settings = TicketServiceSettings(
            grpc_listen="127.0.0.1:0",
            mongodb_uri=mongod.uri,
            mongodb_database=database,
            sms_service=sms_peer[1],
            drain_seconds=0,
        )
        service = TicketService(settings)
        running = asyncio.create_task(service.run(stopped))
        await asyncio.wait_for(service.server.ready.wait(), 20)
        channel = open_channel(f"127.0.0.1:{service.server.port}", "test")
        started.append((running, channel))
        return Desk(
            ticket_service_pb2_grpc.TicketServiceStub(channel),
            channel_service_pb2_grpc.ChannelServiceStub(channel),
            workspace_service_pb2_grpc.WorkspaceServiceStub(channel),
            audit_service_pb2_grpc.AuditServiceStub(channel),
            sms_peer[0],
        )

    yield start
    stopped.set()
    for running, channel in started:
        await running
        await channel.close()


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """One replica, nothing subscribed yet."""
    return await start_desk()

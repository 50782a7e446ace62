"""ticket_service over real gRPC and a real mongod. Its peers sms_service and the responder are gRPC servers of the
test's own: one says which numbers there are and takes what is sent, the other drafts what the test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import grpc
import pytest

from dev.local_stack.mongod import Mongod
from keva.sms.v1 import sms_service_pb2_grpc
from tests.agents import put_agent
from tests.databases import Databases
from tests.identities import channel_to, policy_file, tls_dir
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import audit_keys_dir
from tests.ticket_service.desk import THE_AI, Desk, SmsPeer
from tests.ticket_service.patient_channel import patient
from tests.ticket_service.peer_server import PeerServer
from tests.ticket_service.responder_peer import ResponderPeer, ResponderServer
from tests.ticket_service.responder_peer import responder_server as new_responder_server
from ticket_service.__main__ import TicketService
from ticket_service.settings import TicketServiceSettings


class StartDesk(Protocol):
    """Starts a replica of ticket_service on this test's database; call it again for another one."""

    async def __call__(
        self, leaves: asyncio.Event | None = None, administrator: str = "dana", at_rest: bool = False, **settings: Any
    ) -> Desk:
        """The replica; `settings` are those of TicketServiceSettings that differ. It drains when `leaves` is set. The
        `administrator` is there from the start; nobody is when that is empty. One `at_rest` answers calls, and does
        nothing by itself: for tests that drive a loop of their own. However rarely a replica's own loop looks, it looks
        once at its start, which may be late, and at what it is woken for."""
        ...


class _AtRest(TicketService):
    def _background(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return ()


@asynccontextmanager
async def _peer() -> AsyncIterator[PeerServer[SmsPeer]]:
    peer = SmsPeer()  # type: ignore[abstract]
    server = PeerServer(peer, sms_service_pb2_grpc.add_SmsServiceServicer_to_server)
    await server.start()
    yield server
    await server.stop()


@asynccontextmanager
async def _replicas(uri: str, database: str, peer: PeerServer[SmsPeer]) -> AsyncIterator[StartDesk]:
    stopped = asyncio.Event()
    started: list[tuple[asyncio.Task[None], grpc.aio.Channel]] = []

    async def start(
        leaves: asyncio.Event | None = None, administrator: str = "dana", at_rest: bool = False, **settings: Any
    ) -> Desk:
        values = {
            "mongodb_uri": uri,
            "mongodb_database": database,
            "sms_service": peer.address,
            "responder_service": peer.address,
            "health_listen": "127.0.0.1:0",
            "audit_keys_dir": audit_keys_dir(),
            # Anchors come when a test wants them.
            "audit_anchor_seconds": 3600,
            "tls_dir": tls_dir("ticket_service"),
            "rpc_policy_file": policy_file(),
            "drain_seconds": 0,
            **settings,
        }
        settings_of_it = TicketServiceSettings(grpc_listen="127.0.0.1:0", **values)
        service = (_AtRest if at_rest else TicketService)(
            settings_of_it, client_of_services(settings_of_it.mongodb_uri)
        )
        running = asyncio.create_task(service.run(leaves or stopped))
        await asyncio.wait_for(service.server.ready.wait(), 90)
        # Not the 2.5 s of a webhook: outcomes are tested here, on however busy a machine.
        channel = patient(channel_to("ticket_service", service.server.port))
        started.append((running, channel))
        if administrator:
            put_agent(uri, values["mongodb_database"], administrator)
        return Desk.over(channel, peer.peer, service.server.port, (uri, values["mongodb_database"]))

    yield start
    peer.peer.leaves.set()
    stopped.set()
    for running, channel in started:
        await running
        await channel.close()


@pytest.fixture
async def peer_server() -> AsyncIterator[PeerServer[SmsPeer]]:
    """The peer as a process that can be stopped and started again."""
    async with _peer() as server:
        yield server


@pytest.fixture
async def start_desk(mongod: Mongod, database: str, peer_server: PeerServer[SmsPeer]) -> AsyncIterator[StartDesk]:
    """Starts replicas on one database."""
    async with _replicas(mongod.uri, database, peer_server) as start:
        yield start


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """One replica, nothing subscribed yet."""
    return await start_desk()


@pytest.fixture(scope="module")
def shared_database(databases: Databases) -> Iterator[str]:
    """The database of shared_desk."""
    with databases.use("ticket_service") as name:
        yield name


@pytest.fixture(scope="module")
async def shared_desk(mongod: Mongod, shared_database: str) -> AsyncIterator[Desk]:
    """One replica for a whole file, with OUR_NUMBER subscribed: for tests that keep to customers of their own."""
    async with _peer() as server, _replicas(mongod.uri, shared_database, server) as start:
        desk = await start()
        await desk.subscribe()
        yield desk


@pytest.fixture
async def responder_server() -> AsyncIterator[ResponderServer]:
    """The responder as a process that can be stopped and started again."""
    server = new_responder_server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def responder(responder_server: ResponderServer) -> ResponderPeer:
    """What the responder says."""
    return responder_server.peer


@pytest.fixture
def ai_settings(responder_server: ResponderServer) -> dict[str, Any]:
    """Settings of a replica whose AI answers at once."""
    return {"responder_service": responder_server.address, "ai_pause_seconds": 0, "ai_poll_seconds": 0.02}


@pytest.fixture
async def ai_desk(start_desk: StartDesk, ai_settings: dict[str, Any]) -> Desk:
    """One replica with OUR_NUMBER subscribed, whose tickets are assigned to the AI."""
    desk = await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI)
    return desk

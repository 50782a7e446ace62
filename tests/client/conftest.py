"""A session over real gRPC with services that give prepared answers."""

from collections.abc import AsyncIterator, Callable

import pytest

from client.services import Services
from client.session import Scope, Session
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    event_service_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from servicekit.rpc.request_context import Actor
from tests.client.peer import Peer
from tests.identities import tls_dir

ANNA = Scope(Actor("agent", "anna"), "acme", "sales", "US")


@pytest.fixture
async def ticket_service() -> AsyncIterator[Peer]:
    """Stands for ticket_service."""
    peer = Peer(
        "ticket_service",
        *(ticket_service_pb2, channel_service_pb2, workspace_service_pb2, audit_service_pb2, event_service_pb2),
        agent_service_pb2,
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
async def services(ticket_service: Peer, sms_service: Peer) -> AsyncIterator[Services]:
    """Both of them, called with an operator's certificate."""
    addresses = {"ticket_service": ticket_service.address, "sms_service": sms_service.address}
    async with Services(addresses, str(tls_dir("operator"))) as opened:
        yield opened


@pytest.fixture
def session(services: Services) -> Session:
    """Anna's."""
    return Session(services, ANNA)


@pytest.fixture
def session_of(services: Services) -> Callable[[Scope], Session]:
    """Further sessions over the same services."""
    return lambda scope: Session(services, scope)

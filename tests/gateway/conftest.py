"""A gateway process whose peers answer what a test has prepared, and one whose peers are down."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from tests.gateway.gateway_process import Gateway
from tests.gateway.scripted_servicer import Peers


@pytest.fixture(scope="package", autouse=True)
def plain_logs() -> Iterator[None]:
    """The peers run in this process: unconfigured, structlog would paint each of their tracebacks for half a second,
    while the gateway's time runs out."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
async def lonely(forks: ForkServer) -> AsyncIterator[Gateway]:
    """A gateway whose peers are down."""
    gateway = await Gateway.start(forks.start, Peers(free_port(), free_port()).environment)
    yield gateway
    assert await gateway.process.stop() == 0


@pytest.fixture(scope="session")
async def shared_peers() -> AsyncIterator[Peers]:
    """The peers of `gateway`."""
    peers = Peers(free_port(), free_port())
    yield peers
    await peers.stop_all()


@pytest.fixture
async def peers(shared_peers: Peers) -> Peers:
    """The peers of `gateway`: running, and with the usual answers."""
    shared_peers.sms.reset()
    shared_peers.tickets.reset()
    await shared_peers.start_all()
    return shared_peers


@pytest.fixture(scope="session")
async def gateway(shared_peers: Peers, forks: ForkServer) -> AsyncIterator[Gateway]:
    """A gateway with `peers`."""
    gateway = await Gateway.start(forks.start, shared_peers.environment)
    yield gateway
    await gateway.process.stop()

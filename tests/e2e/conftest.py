"""End-to-end tests run against a whole Keva: mongod, the Twilio simulator and all services, each as its own process,
started once per test process, on free ports, and ended after its last test here: its loops would slow down all others.

Most tests need `desk` alone (dev/local_stack/desk.py says what it can do):

    async def test_a_text_becomes_a_ticket(desk: Desk) -> None:
        await desk.text("hello")
        assert (await desk.ticket()).state == ticket_service_pb2.TICKET_STATE_OPEN

Every desk is a Twilio account, number and channel of its own, so that tests do not see each other's tickets. When a
test fails, its report ends with the newest log lines of every process.
"""

from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio

from dev.forking.client import ForkServer
from dev.local_stack.accounts import Clients
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.stack import LocalStack
from dev.twilio_simulator.client import SimulatorClient
from tests.in_memory import folder_in_memory

# Not the gateway's own address, so that whoever signs or checks another URL than the public one is found out.
_SETTINGS: dict[str, Any] = {
    "environment": {"KEVA_PUBLIC_URL": "https://sms.keva.example"},
    "simulator_arguments": ["--pace", "5"],
}
_TAIL_LINES = 40
# What a test asks for has no time limit that a busy machine would meet.
_CALL_SECONDS = 60.0


class _LogFiles:
    """A sink: the lines of each process into a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, line: str) -> None:
        with (self.folder / f"{name}.log").open("a") as file:
            file.write(line + "\n")

    def tails(self) -> Generator[tuple[str, str]]:
        for file in sorted(self.folder.glob("*.log")):
            yield file.stem, "\n".join(file.read_text().splitlines()[-_TAIL_LINES:])


_started: dict[LocalStack, _LogFiles] = {}


async def run(
    forks: ForkServer, environment: Mapping[str, str] | None = None, folder: Path | None = None, **arguments: Any
) -> AsyncIterator[RunningStack]:
    """A stack, in a folder of its own unless one is given."""
    settings = {**_SETTINGS, "environment": {**_SETTINGS["environment"], **(environment or {})}}
    arguments = {"launch": forks.start, "call_seconds": _CALL_SECONDS, **settings, **arguments}
    async with AsyncExitStack() as stack:
        folder = folder or stack.enter_context(folder_in_memory())
        logs = _LogFiles(folder)
        running = await stack.enter_async_context(RunningStack.start(folder, logs, **arguments))
        _started[running.stack] = logs
        yield running
        # One after the other in good order they take seconds; that has tests of its own.
        running.stack.supervisor.kill_all()


@pytest_asyncio.fixture(scope="package")
async def running(forks: ForkServer) -> AsyncIterator[RunningStack]:
    """One process of each service, with clients for all of them."""
    async for running in run(forks):
        yield running


@pytest_asyncio.fixture(scope="package")
async def replicated(forks: ForkServer) -> AsyncIterator[RunningStack]:
    """The same with two processes each of ticket_service, the gateway and the console; `await replicated.open_desk()`
    makes a desk. `replicated.stack.layout.urls("gateway")` are the gateways: the simulator texts the first one, and
    `desk.post(..., gateway_url=...)` any."""
    async for running in run(forks, replicas={"ticket_service": 2, "gateway": 2, "console": 2}):
        yield running


@pytest_asyncio.fixture(scope="package")
async def impatient(forks: ForkServer) -> AsyncIterator[RunningStack]:
    """One process of each service, with short waits: for what recovers by itself after a while."""
    settings = {
        "KEVA_BACKFILL_INTERVAL_SECONDS": "0.5",
        "KEVA_BACKFILL_GRACE_SECONDS": "0",
        "KEVA_DELIVERY_CHECK_SECONDS": "1",
        "KEVA_TWILIO_TIMEOUT_SECONDS": "1",
        "KEVA_SEND_LEASE_SECONDS": "2.5",
        "KEVA_SEND_SETTLE_SECONDS": "5",
    }
    async for running in run(forks, settings):
        yield running


@pytest_asyncio.fixture
async def impatient_desk(impatient: RunningStack) -> AsyncIterator[Desk]:
    """A fresh desk of the impatient stack, that sends as fast as it can."""
    desk = await impatient.open_desk(segments_per_second=1000)
    yield desk
    await impatient.simulator.clear_faults()
    await desk.close()


class StartStack(Protocol):
    """Starts a stack of the test's own, for `async with`."""

    def __call__(
        self, environment: Mapping[str, str] = ..., **arguments: Any
    ) -> AbstractAsyncContextManager[RunningStack]:
        """`environment` adds to what all stacks of these tests are told; `arguments` are LocalStack's."""
        ...


@pytest.fixture
def start_stack(forks: ForkServer) -> StartStack:
    """For tests that need other settings than the shared stacks have."""
    return partial(asynccontextmanager(run), forks)


@pytest.fixture(scope="package")
def stack(running: RunningStack) -> LocalStack:
    """The processes: `kill`, `restart`, `pause` and `resume` take their names. A test that takes one away brings it
    back."""
    return running.stack


@pytest.fixture(scope="package")
def clients(running: RunningStack) -> Clients:
    """A gRPC stub for each service."""
    return running.clients


@pytest.fixture
def logs(running: RunningStack) -> Path:
    """Where each process's log is, as `<name>.log`."""
    return _started[running.stack].folder


@pytest_asyncio.fixture
async def simulator(running: RunningStack) -> AsyncIterator[SimulatorClient]:
    """Twilio: its log, and faults, which end with the test."""
    yield running.simulator
    await running.simulator.clear_faults()


@pytest_asyncio.fixture
async def desk(running: RunningStack, simulator: SimulatorClient) -> Desk:
    """A fresh desk with default settings. For others: `await running.open_desk(create_ticket_on=...)`."""
    return await running.open_desk()


@pytest.fixture(autouse=True)
def _nothing_has_died() -> Generator[None]:
    """Fails the test during which a process ended by itself."""
    yield
    for stack in _started:
        if stack.supervisor.death.done():
            pytest.fail(str(stack.supervisor.error_of_death()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the end of every process's log to the report of a failed test."""
    report = yield
    if report.failed:
        fixtures: dict[str, object] = getattr(item, "funcargs", {})
        used = [fixture.stack for fixture in fixtures.values() if isinstance(fixture, RunningStack)]
        report.sections += [(f"end of {name}.log", tail) for stack in used for name, tail in _started[stack].tails()]
    return report

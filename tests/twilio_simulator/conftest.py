"""One simulator process for all tests, emptied before each; a product; Twilio's own client."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.control.connection import CONTROL_SETTING
from tests.twilio_simulator.product import Product

ACCOUNT = "AC" + "1" * 32
TOKEN = "primary-token-of-account-1"
CONTROL_TOKEN = "whoever-has-this-may-order-texts"
NUMBER = "+12065550100"
CUSTOMER = "+14165550123"


@dataclass
class SimulatorProcess:
    """A simulator in a process of its own. `lines` is what it has logged so far."""

    process: asyncio.subprocess.Process
    url: str
    lines: list[str] = field(default_factory=list)

    @classmethod
    async def start(cls, *options: str) -> "SimulatorProcess":
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dev.twilio_simulator", *options),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, CONTROL_SETTING: CONTROL_TOKEN, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        assert process.stdout is not None
        first = (await asyncio.wait_for(process.stdout.readline(), 90)).decode().rstrip("\n")
        prefix, _, url = first.rpartition(" ")
        assert prefix == "twilio_simulator listening on"
        return cls(process, url)

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), 90)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()


@pytest.fixture(scope="session")
async def simulator_process() -> AsyncIterator[SimulatorProcess]:
    started = await SimulatorProcess.start("--pace", "5")
    reading = asyncio.create_task(started.read())
    yield started
    assert await started.stop() == 0
    await reading
    assert not [line for line in started.lines if "Traceback" in line]


@pytest.fixture
async def own_process() -> AsyncIterator[SimulatorProcess]:
    """Another simulator, for tests that stop it."""
    started = await SimulatorProcess.start()
    yield started
    if started.process.returncode is None:
        await started.stop()


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with Product().serve() as serving:
        yield serving


@pytest.fixture
async def simulator(simulator_process: SimulatorProcess, product: Product) -> AsyncIterator[SimulatorClient]:
    """An emptied simulator with one account, whose one number calls the product at /sms."""
    async with SimulatorClient(simulator_process.url, CONTROL_TOKEN) as client:
        await client.reset()
        await client.put_account(ACCOUNT, TOKEN, friendly_name="Account 1")
        await client.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms")
        yield client


@pytest.fixture
async def twilio(simulator: SimulatorClient) -> AsyncIterator[Client]:
    """twilio-python, pointed at the simulator."""
    async with AsyncTwilioHttpClient() as http:
        # Without an environment of its own, the client reads TWILIO_EDGE and the like from ours.
        client = Client(ACCOUNT, TOKEN, http_client=http, environment={"x": "x"})
        client.api.base_url = simulator.base_url
        client.accounts.base_url = simulator.base_url
        client.messaging.base_url = simulator.base_url
        yield client


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session

"""One simulator process for all tests, emptied before each, and the openai package pointed at it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import openai
import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import http_ok
from dev.model_simulator.client import ModelSimulatorClient

KEY = "key-of-the-simulator"


@pytest.fixture(scope="session")
async def simulator_url(forks: ForkServer) -> AsyncIterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "dev.model_simulator", "--port", str(port), "--api-key", KEY]
    lines: list[str] = []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await forks.start("model_simulator", command, environment, lambda _, line: lines.append(line))
    url = f"http://127.0.0.1:{port}"
    await asyncio.wait_for(http_ok(f"{url}/control/health"), 90)
    yield url
    assert await process.stop() == 0
    assert not [line for line in lines if "Traceback" in line]


@pytest.fixture
async def simulator(simulator_url: str) -> AsyncIterator[ModelSimulatorClient]:
    async with ModelSimulatorClient(simulator_url) as client:
        await client.reset()
        yield client


@pytest.fixture
async def model(simulator: ModelSimulatorClient) -> AsyncIterator[openai.AsyncOpenAI]:
    """The package as anybody uses it; it repeats nothing, so that every fault is seen."""
    async with openai.AsyncOpenAI(base_url=simulator.api_url, api_key=KEY, max_retries=0) as client:
        yield client

"""The model simulator as a process of its own, and a responder that asks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dev.local_stack.layout import base_environment, python_module
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess, Launch
from dev.local_stack.readiness import http_ok
from dev.model_simulator.client import ModelSimulatorClient

MODEL = "simulated-model"


@asynccontextmanager
async def running_model(launch: Launch = ChildProcess.start) -> AsyncIterator[ModelSimulatorClient]:
    """An OpenAI-compatible endpoint; ended afterwards."""
    port = free_port()
    command = python_module("dev.model_simulator", "--port", str(port))
    process = await launch("model_simulator", command, base_environment(), lambda _, __: None)
    try:
        url = f"http://127.0.0.1:{port}"
        await http_ok(f"{url}/control/health")
        async with ModelSimulatorClient(url) as client:
            yield client
    finally:
        await process.stop()


def settings_of(model: ModelSimulatorClient) -> dict[str, str]:
    """What makes a responder ask it."""
    return {"KEVA_AI_BASE_URL": model.api_url, "KEVA_AI_MODEL": MODEL, "KEVA_AI_API_KEY": "any"}

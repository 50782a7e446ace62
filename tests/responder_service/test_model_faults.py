"""A model that fails, in every way that we know: a hand-off, and the next draft is none the worse."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.model_simulator.client import ModelSimulatorClient

Drafts = Any
StartResponder = Callable[..., Any]

FAULTS = [
    pytest.param("slow", "timed out", id="slow"),
    pytest.param("429", "429", id="429, again and again"),
    pytest.param("500", "500", id="500, again and again"),
    pytest.param("drop", "not reached", id="lost connections"),
    pytest.param("broken_body", "malformed", id="half a body"),
    pytest.param("malformed", "not JSON", id="prose"),
    pytest.param("wrong_schema", "not the schema", id="another schema"),
    pytest.param("truncated", "cut off", id="half an answer"),
    pytest.param("empty", "empty", id="nothing"),
    pytest.param("no_choices", "empty", id="no choices"),
    pytest.param("refuses", "refused", id="a refusal"),
    pytest.param("filtered", "filtered", id="filtered"),
]


@pytest.mark.parametrize(("fault", "detail"), FAULTS)
async def test_a_model_that_fails_is_a_hand_off(
    start_responder: StartResponder, simulator: ModelSimulatorClient, fault: str, detail: str
) -> None:
    seconds = 1 if fault == "slow" else 10
    responder = await start_responder(
        ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=seconds
    )
    await simulator.fault(fault, seconds=60 if fault == "slow" else 0)

    assert await responder.reason("Do you ship to Canada?") == ("MODEL_FAILED", detail)

    await simulator.clear_faults()
    assert (await responder.ask("Do you ship to Canada?")).draft.text == "We ship to Canada for $18."


async def test_a_limit_that_outlasts_the_time_is_a_hand_off(
    start_responder: StartResponder, simulator: ModelSimulatorClient
) -> None:
    responder = await start_responder(ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=1)
    await simulator.fault("429", seconds=60)

    assert await responder.reason("Do you ship to Canada?") == ("MODEL_FAILED", "timed out")


async def test_a_fault_that_passes_is_not_noticed(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    await simulator.fault("429", times=1)
    await simulator.fault("500", times=1)

    assert (await responder.ask("Do you ship to Canada?")).draft.text == "We ship to Canada for $18."
    assert len(await simulator.requests()) == 4, "two failed, one answered, and one verified that"


async def test_an_endpoint_that_is_not_there_is_a_hand_off(start_responder: StartResponder) -> None:
    responder = await start_responder(ai_base_url="http://127.0.0.1:9/v1", ai_model="m", ai_timeout_seconds=10)

    assert await responder.reason("Do you ship to Canada?") == ("MODEL_FAILED", "not reached")

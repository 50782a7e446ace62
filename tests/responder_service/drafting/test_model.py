"""The model's side of the wire: what is sent to an endpoint, and what is read of its answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from dev.model_simulator.client import ModelSimulatorClient
from responder_service.drafting.decision import DECISION, Asked, Decision, ModelFailure
from responder_service.drafting.endpoint import Endpoint, ResponseFormat
from responder_service.drafting.fence import Prompt
from responder_service.drafting.model import Model
from servicekit.secret import Secret

PROMPT = Prompt("Keep the rules.", '{"role": "customer", "text": "boots?", "unanswered": true}')
SENTENCE = {"text": "Yes.", "article_id": "a", "quote": "Yes, boots."}
SCRIPTED = {"decision": "answer", "sentences": [SENTENCE], "hand_off": ""}
# A model answers in far less.
SECONDS = 90
StartModel = Callable[..., Model]


def _with(**fields: object) -> str:
    """An answer whose sentence has these fields."""
    return json.dumps({**SCRIPTED, "sentences": [{**SENTENCE, **fields}]})


@pytest.fixture
async def start_model(simulator: ModelSimulatorClient) -> AsyncIterator[StartModel]:
    models: list[Model] = []

    def start(**given: Any) -> Model:
        fields = {
            "base_url": simulator.api_url,
            "model": "simulated-model",
            "api_key": Secret("the-key"),
            "max_output_tokens": 123,
        }
        models.append(Model(Endpoint(**{**fields, **given})))
        return models[-1]

    yield start
    for model in models:
        await model.close()


async def test_a_decision_is_asked_for_by_schema(start_model: StartModel, simulator: ModelSimulatorClient) -> None:
    await simulator.answer("Yes.", "a", "Yes, boots.")

    asked = await start_model().ask(PROMPT, DECISION, SECONDS)

    assert asked.result == Decision.model_validate(SCRIPTED)
    assert (asked.input_tokens > 0, asked.output_tokens > 0) == (True, True)
    [request] = await simulator.requests()
    assert request["model"] == "simulated-model"
    assert request["max_tokens"] == 123
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["response_format"]["json_schema"]["strict"] is True
    assert request["response_format"]["json_schema"]["schema"] == DECISION.schema


async def test_an_endpoint_without_schemas_is_asked_for_json(
    start_model: StartModel, simulator: ModelSimulatorClient
) -> None:
    await start_model(response_format=ResponseFormat.JSON_OBJECT).ask(PROMPT, DECISION, SECONDS)

    [request] = await simulator.requests()
    assert request["response_format"] == {"type": "json_object"}


async def test_parameters_that_an_endpoint_refuses_are_not_sent_again(
    start_model: StartModel, simulator: ModelSimulatorClient
) -> None:
    await simulator.fault("strict")
    model = start_model()

    first, second = await model.ask(PROMPT, DECISION, SECONDS), await model.ask(PROMPT, DECISION, SECONDS)

    assert isinstance(first.result, Decision)
    assert isinstance(second.result, Decision)
    requests = await simulator.requests()
    assert len(requests) == 4
    assert requests[-1]["max_completion_tokens"] == 123
    assert not {"max_tokens", "temperature"} & set(requests[-1])


async def test_parameters_are_refused_to_several_at_the_same_time(start_model: StartModel) -> None:
    both_have_asked = asyncio.Barrier(2)

    async def refuse(request: web.Request) -> web.Response:
        order = await request.json()
        if "max_tokens" in order:
            await both_have_asked.wait()
        refused = next((name for name in ("max_tokens", "temperature") if name in order), None)
        if refused:
            return web.json_response({"error": {"message": "unsupported", "param": refused}}, status=400)
        return web.json_response({"choices": [{"message": {"content": json.dumps(SCRIPTED)}}]})

    strict = web.Application()
    strict.router.add_post("/v1/chat/completions", refuse)
    async with TestServer(strict) as server:
        model = start_model(base_url=str(server.make_url("/v1")))

        asked = await asyncio.gather(*[model.ask(PROMPT, DECISION, SECONDS) for _ in range(2)])

    assert [each.result for each in asked] == [Decision.model_validate(SCRIPTED)] * 2


async def test_parameter_that_was_not_sent_ends_the_question(start_model: StartModel) -> None:
    requests = 0

    async def refuse(request: web.Request) -> web.Response:
        nonlocal requests
        requests += 1
        return web.json_response({"error": {"message": "unsupported", "param": "max_tokens"}}, status=400)

    stubborn = web.Application()
    stubborn.router.add_post("/v1/chat/completions", refuse)
    async with TestServer(stubborn) as server:
        asked = await start_model(base_url=str(server.make_url("/v1"))).ask(PROMPT, DECISION, SECONDS)

    assert (asked.result, requests) == (ModelFailure("400"), 2)


async def test_an_endpoint_may_ask_for_no_key(start_model: StartModel) -> None:
    assert isinstance((await start_model(api_key=Secret("")).ask(PROMPT, DECISION, SECONDS)).result, Decision)


def test_a_key_does_not_print() -> None:
    assert "the-key" not in repr(Endpoint("http://h/v1", "m", Secret("the-key"), 1))


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        pytest.param("Yes.", "not JSON", id="prose"),
        pytest.param("```json\n{}\n```", "not JSON", id="a code block"),
        pytest.param("[]", "not the schema", id="a list"),
        pytest.param("null", "not the schema", id="null"),
        pytest.param(json.dumps({**SCRIPTED, "decision": "maybe"}), "not the schema", id="another decision"),
        pytest.param(json.dumps({**SCRIPTED, "hand_off": "bored"}), "not the schema", id="another cause"),
        pytest.param(json.dumps({**SCRIPTED, "sentences": None}), "not the schema", id="no sentences"),
        pytest.param(json.dumps({**SCRIPTED, "sentences": "Yes."}), "not the schema", id="a text for sentences"),
        pytest.param(json.dumps({**SCRIPTED, "sentences": [SENTENCE] * 21}), "not the schema", id="endless sentences"),
        pytest.param(_with(text="x" * 4_001), "not the schema", id="an endless sentence"),
        pytest.param(_with(quote=None), "not the schema", id="no quote"),
        pytest.param(_with(article_id=1), "not the schema", id="a number as id"),
        pytest.param(json.dumps({**SCRIPTED, "tool": "refund"}), "not the schema", id="more than was asked for"),
        pytest.param(json.dumps(SCRIPTED)[:-1], "not JSON", id="an end that is missing"),
        pytest.param(" \n", "empty", id="blanks"),
    ],
)
async def test_what_is_no_decision_is_a_failure(
    start_model: StartModel, simulator: ModelSimulatorClient, content: str, detail: str
) -> None:
    await simulator.say(content)

    assert (await start_model().ask(PROMPT, DECISION, SECONDS)).result == ModelFailure(detail)


async def test_tokens_of_a_useless_answer_are_counted(start_model: StartModel, simulator: ModelSimulatorClient) -> None:
    await simulator.say("x" * 400)

    assert (await start_model().ask(PROMPT, DECISION, SECONDS)).output_tokens == 100


async def test_an_address_that_answers_otherwise_is_a_failure(
    start_model: StartModel, simulator: ModelSimulatorClient
) -> None:
    elsewhere = await start_model(base_url=f"{simulator.base_url}/elsewhere").ask(PROMPT, DECISION, SECONDS)

    assert elsewhere == Asked(ModelFailure("404"))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>Bad gateway</html>", id="HTML"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"hello"', id="a string"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"choices": null}', id="null for choices"),
        pytest.param(b'{"choices": [null]}', id="null for a choice"),
        pytest.param(b'{"choices": [{"message": null}]}', id="null for a message"),
        pytest.param(b'{"choices": [{"message": {"content": 5}}], "usage": {"prompt_tokens": "x"}}', id="other types"),
        pytest.param(b'{"choices": [{"message": {"content": ["a"]}}], "usage": []}', id="a list for usage"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"", id="no body"),
    ],
)
async def test_an_answer_that_is_no_completion_is_a_failure(start_model: StartModel, body: bytes) -> None:
    async with asyncio.timeout(90):
        server = await asyncio.start_server(lambda r, w: _answer(r, w, body), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        asked = await start_model(base_url=f"http://127.0.0.1:{port}/v1").ask(PROMPT, DECISION, SECONDS)
        server.close()

    assert isinstance(asked.result, ModelFailure)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    await reader.readuntil(b"\r\n\r\n")
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def test_whoever_asks_can_give_up(start_model: StartModel, simulator: ModelSimulatorClient) -> None:
    await simulator.fault("slow", seconds=60)
    asking = asyncio.create_task(start_model().ask(PROMPT, DECISION, SECONDS))
    await simulator.wait_for_requests(1)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking

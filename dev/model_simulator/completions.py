"""POST /v1/chat/completions and GET /v1/models, as https://platform.openai.com/docs/api-reference/chat has them."""

import asyncio
import json
import time
import uuid
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from dev.model_simulator import fair, obedient
from dev.model_simulator.reading import Reading, read
from dev.model_simulator.state import SIMULATOR, ScriptedAnswer, Simulator, events, key_of

_MODELS = ("simulated-model",)
_CHARACTERS_PER_TOKEN = 4
_REASONING_REFUSES = ("max_tokens", "temperature")


class Message(BaseModel):
    role: str
    content: str


class CompletionRequest(BaseModel):
    """What is read of a request; the rest is taken and ignored, as endpoints do."""

    model: str = Field(min_length=1)
    messages: list[Message] = Field(min_length=1)
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    response_format: dict[str, Any] = {"type": "text"}

    @property
    def most_tokens(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens


async def complete(request: web.Request) -> web.StreamResponse:
    simulator = request.app[SIMULATOR]
    refusal = _unauthorized(request, simulator)
    if refusal is not None:
        return refusal
    body = await request.read()
    order = CompletionRequest.model_validate_json(body)
    simulator.record(json.loads(body))
    slow = simulator.take("slow")
    if slow is not None:
        await asyncio.sleep(slow.seconds)
    failure = _failure(request, simulator, json.loads(body))
    if failure is not None:
        return failure
    answer = _answer(simulator, order)
    events.info("completed: %s", answer.finish_reason)
    return web.json_response(_completion(order, answer, simulator))


def _unauthorized(request: web.Request, simulator: Simulator) -> web.Response | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key or (simulator.api_key and key != simulator.api_key):
        return error(401, "Incorrect API key provided", "invalid_request_error", code="invalid_api_key")
    return None


def _failure(request: web.Request, simulator: Simulator, body: dict[str, Any]) -> web.Response | None:
    """Faults of the endpoint rather than of the model."""
    refused = next((name for name in _REASONING_REFUSES if name in body), None)
    if refused is not None and simulator.take("strict"):
        why = f"Unsupported parameter: '{refused}'"
        return error(400, why, "invalid_request_error", code="unsupported_parameter", param=refused)
    fault = simulator.take("429", "500", "drop", "broken_body")
    if fault is None:
        return None
    if fault.fault == "drop" and request.transport is not None:
        request.transport.close()
    if fault.fault == "broken_body":
        return web.Response(text='{"id": "chatcmpl-', content_type="application/json")
    if fault.fault == "429":
        limited = error(429, "Rate limit reached", "requests", code="rate_limit_exceeded")
        limited.headers["Retry-After"] = f"{fault.seconds:g}"
        return limited
    return error(500, "The server had an error", "server_error")


def _answer(simulator: Simulator, order: CompletionRequest) -> ScriptedAnswer:
    reading = read(message.content for message in order.messages)
    if simulator.script and not reading.sentences:
        return simulator.script.popleft()
    content = _content(simulator, order, reading)
    most = (order.most_tokens or len(content)) * _CHARACTERS_PER_TOKEN
    fault = simulator.take("malformed", "truncated", "empty", "filtered")
    if fault is not None and fault.fault == "malformed":
        return ScriptedAnswer(content=f"Sure! Here is the reply: {content[:20]}")
    if fault is not None and fault.fault == "empty":
        return ScriptedAnswer(content="")
    if fault is not None and fault.fault == "filtered":
        return ScriptedAnswer(content="", finish_reason="content_filter")
    if fault is not None or len(content) > most:
        return ScriptedAnswer(content=content[: min(most, len(content) // 2)], finish_reason="length")
    return ScriptedAnswer(content=content)


def _content(simulator: Simulator, order: CompletionRequest, reading: Reading) -> str:
    decision = _verdict(simulator, reading) if reading.sentences else _decide(simulator, order, reading)
    if simulator.take("cites_unknown"):
        decision = fair.answer(fair.sentence("Yes.", "made/up", "Yes."))
    if simulator.take("wrong_schema"):
        decision = {"thoughts": decision["sentences"]}
    if order.response_format.get("type") == "text":
        return " ".join(said["text"] for said in decision["sentences"]) or str(decision["hand_off"])
    return json.dumps(decision, ensure_ascii=False)


def _verdict(simulator: Simulator, reading: Reading) -> dict[str, Any]:
    """Of a draft that a verdict is known of, that; else what the model would say. Then it may err."""
    known = simulator.verdicts.get(key_of(" ".join(said.text for said in reading.sentences)))
    if known is not None:
        found = fair.verdict([known.entails] * len(reading.sentences), known.answers)
    else:
        talked_into_it = simulator.in_force("obeys", "parrots")
        found = obedient.verify(reading) if talked_into_it else fair.verify(reading)
    if not simulator.errs():
        return found
    sound = found["answers"] and all(said["entailed"] for said in found["sentences"])
    return fair.verdict([not sound] * len(reading.sentences), answers=True)


def _decide(simulator: Simulator, order: CompletionRequest, reading: Reading) -> dict[str, Any]:
    fault = simulator.take("obeys", "parrots")
    if fault is None:
        return fair.decide(reading)
    if fault.fault == "parrots":
        return obedient.parrot(reading)
    instructions = " ".join(message.content for message in order.messages if message.role == "system")
    return obedient.decide(reading, instructions)


def _completion(order: CompletionRequest, answer: ScriptedAnswer, simulator: Simulator) -> dict[str, Any]:
    refused = simulator.take("refuses") is not None
    message = {
        "role": "assistant",
        "content": None if refused else answer.content,
        "refusal": "I'm sorry, I can't help with that." if refused else None,
    }
    choices = [{"index": 0, "message": message, "finish_reason": answer.finish_reason, "logprobs": None}]
    read_tokens = sum(len(m.content) for m in order.messages) // _CHARACTERS_PER_TOKEN
    written_tokens = len(answer.content) // _CHARACTERS_PER_TOKEN
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": order.model,
        "choices": [] if simulator.take("no_choices") else choices,
        "usage": {
            "prompt_tokens": read_tokens,
            "completion_tokens": written_tokens,
            "total_tokens": read_tokens + written_tokens,
        },
    }


async def list_models(request: web.Request) -> web.Response:
    refusal = _unauthorized(request, request.app[SIMULATOR])
    if refusal is not None:
        return refusal
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "simulator"} for name in _MODELS]
    return web.json_response({"object": "list", "data": models})


def error(status: int, message: str, kind: str, code: str | None = None, param: str | None = None) -> web.Response:
    """An error in the shape of the OpenAI API."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return web.json_response(body, status=status)


def routes() -> list[web.RouteDef]:
    return [web.post("/v1/chat/completions", complete), web.get("/v1/models", list_models)]

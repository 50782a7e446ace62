"""A language model behind an OpenAI-compatible endpoint, asked one question. Whatever goes wrong there comes back
as a ModelFailure with a few words for the staff; texts and keys are neither raised nor logged."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx2
from pydantic import BaseModel, Field, ValidationError

from responder_service.drafting.decision import Asked, Form, ModelFailure, Wanted
from responder_service.drafting.endpoint import Endpoint, ResponseFormat
from responder_service.drafting.fence import Prompt

_ATTEMPTS = 3
# Seconds before the second attempt, and twice as many before each later one; more if the endpoint says so.
_PAUSE = 0.5
_AGAIN = frozenset([408, 409, 429, *range(500, 600)])
_CONNECT_SECONDS = 5
# Endpoints that ask for no key get this one: the header must not be empty.
_NO_KEY = "none"
# Reasoning models know neither of them.
_REFUSABLE = frozenset(["max_tokens", "temperature"])
_UNFINISHED = {"length": "cut off", "content_filter": "filtered"}


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0


class _Completion(BaseModel):
    """What is read of an answer (https://platform.openai.com/docs/api-reference/chat/object)."""

    choices: list[_Choice]
    usage: _Usage | None = Field(default=None)


class Model:
    """Build it inside the running event loop; close it."""

    def __init__(self, endpoint: Endpoint) -> None:
        # Below this the HTTP client logs requests, with all that they hold.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.name = endpoint.model
        self._endpoint = endpoint
        # Some endpoints refuse a parameter that others demand; what this one refused is not sent to it again.
        self._refused: set[str] = set()
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {endpoint.api_key.reveal() or _NO_KEY}"},
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
            follow_redirects=True,
            verify=_certificates(),
        )

    async def ask(self, prompt: Prompt, form: Form[Wanted], seconds: float) -> Asked[Wanted]:
        """The model's answer, in `form`; `seconds` covers all attempts together. Never raises for what an endpoint does
        or leaves undone."""
        try:
            async with asyncio.timeout(seconds):
                return await self._asked(prompt, form)
        except (TimeoutError, httpx2.TimeoutException):
            return Asked(ModelFailure("timed out"))
        except httpx2.HTTPError:
            return Asked(ModelFailure("not reached"))
        # An answer that is not a completion: UnicodeDecodeError and ValidationError are such errors.
        except ValueError:
            return Asked(ModelFailure("malformed"))

    async def _asked(self, prompt: Prompt, form: Form[Wanted]) -> Asked[Wanted]:
        sent = self._parameters()
        response = await self._request(prompt, form, sent)
        # By what was sent: others may have been refused the same meanwhile.
        while (refused := _refused_parameter(response)) in _REFUSABLE & sent.keys():
            self._refused.add(refused)
            sent = self._parameters()
            response = await self._request(prompt, form, sent)
        if not response.is_success:
            return Asked(ModelFailure(str(response.status_code)))
        return _read(_Completion.model_validate_json(response.content), form)

    def _parameters(self) -> dict[str, Any]:
        """What is sent beside the question, without what this endpoint has refused."""
        limit = "max_completion_tokens" if "max_tokens" in self._refused else "max_tokens"
        exact = {} if "temperature" in self._refused else {"temperature": 0}
        return {limit: self._endpoint.max_output_tokens, **exact}

    async def _request(self, prompt: Prompt, form: Form[Wanted], parameters: Mapping[str, Any]) -> httpx2.Response:
        """The endpoint's answer; another attempt is made when it may be another one. Raises httpx2.HTTPError."""
        for attempt in range(1, _ATTEMPTS):
            pause = _PAUSE * 2 ** (attempt - 1)
            try:
                response = await self._post(prompt, form, parameters)
            except httpx2.TransportError:
                await asyncio.sleep(pause)
                continue
            if response.status_code not in _AGAIN:
                return response
            await asyncio.sleep(max(pause, _retry_after(response)))
        return await self._post(prompt, form, parameters)

    async def _post(self, prompt: Prompt, form: Form[Wanted], parameters: Mapping[str, Any]) -> httpx2.Response:
        order = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": prompt.instructions},
                {"role": "user", "content": prompt.data},
            ],
            "response_format": self._response_format(form),
            **parameters,
        }
        return await self._client.post(f"{self._endpoint.base_url}/chat/completions", json=order)

    def _response_format(self, form: Form[Wanted]) -> Mapping[str, Any]:
        if self._endpoint.response_format is ResponseFormat.JSON_OBJECT:
            return {"type": "json_object"}
        schema = {"name": form.name, "strict": True, "schema": form.schema}
        return {"type": "json_schema", "json_schema": schema}

    async def close(self) -> None:
        """Gives up its connections."""
        await self._client.aclose()


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whom to trust, read once for the model and the verifier: it takes a megabyte."""
    return httpx2.create_ssl_context()


def _retry_after(response: httpx2.Response) -> float:
    """How long the endpoint wants to be left alone, in seconds."""
    try:
        return float(response.headers.get("Retry-After", 0))
    except ValueError:
        return 0


def _refused_parameter(response: httpx2.Response) -> str:
    """The parameter that an endpoint refuses; empty when it does not refuse, or does not say which."""
    if response.status_code != httpx2.codes.BAD_REQUEST:
        return ""
    try:
        error = response.json()["error"]
        return str(error["param"])
    except (ValueError, TypeError, LookupError):
        return ""


def _read(completion: _Completion, form: Form[Wanted]) -> Asked[Wanted]:
    usage = completion.usage
    tokens = (max(usage.prompt_tokens or 0, 0), max(usage.completion_tokens or 0, 0)) if usage else (0, 0)
    return Asked(_answer(completion, form), *tokens)


def _answer(completion: _Completion, form: Form[Wanted]) -> Wanted | ModelFailure:
    if not completion.choices:
        return ModelFailure("empty")
    choice = completion.choices[0]
    if choice.finish_reason in _UNFINISHED:
        return ModelFailure(_UNFINISHED[choice.finish_reason])
    if choice.message.refusal:
        return ModelFailure("refused")
    content = (choice.message.content or "").strip()
    return _parse(content, form) if content else ModelFailure("empty")


def _parse(content: str, form: Form[Wanted]) -> Wanted | ModelFailure:
    try:
        return form.kind.model_validate_json(content)
    except ValidationError as error:
        # Only its kind is read: the rest of it quotes the answer.
        broken = any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False))
        return ModelFailure("not JSON" if broken else "not the schema")

"""A language model behind an OpenAI-compatible endpoint, asked for one decision. Whatever goes wrong there comes back
as a ModelFailure with a few words for the staff; texts and keys are neither raised nor logged."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from responder_service.drafting.decision import Asked, Decision, ModelFailure
from responder_service.drafting.endpoint import Endpoint, ResponseFormat
from responder_service.drafting.prompt import Prompt

_RETRIES = 2
# Endpoints that ask for no key get this one: the header must not be empty.
_NO_KEY = "none"
_UNFINISHED = {"length": "cut off", "content_filter": "filtered"}


class Model:
    """Build it inside the running event loop; close it."""

    def __init__(self, endpoint: Endpoint) -> None:
        # Below this the package and its HTTP client log requests, with all that they hold.
        for name in ("openai", "httpx2", "httpcore2", "httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.name = endpoint.model
        self._endpoint = endpoint
        # Some endpoints refuse a parameter that others demand; what this one refused is not sent to it again.
        self._parameters: dict[str, Any] = {"max_tokens": endpoint.max_output_tokens, "temperature": 0}
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key.reveal() or _NO_KEY,
            # Given, so that the environment is not asked for them.
            organization="",
            project="",
            timeout=endpoint.seconds,
            max_retries=_RETRIES,
        )

    async def ask(self, prompt: Prompt) -> Asked:
        """The model's decision. Never raises for what an endpoint does or leaves undone."""
        try:
            async with asyncio.timeout(self._endpoint.seconds):
                return _read(await self._complete(prompt))
        except (TimeoutError, openai.APITimeoutError):
            return Asked(ModelFailure("timed out"))
        except openai.APIStatusError as error:
            return Asked(ModelFailure(str(error.status_code)))
        except openai.APIConnectionError:
            return Asked(ModelFailure("not reached"))
        # An answer that is not a completion: the package fails on it in many ways.
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError):
            return Asked(ModelFailure("malformed"))

    async def _complete(self, prompt: Prompt) -> ChatCompletion:
        for _ in range(len(self._parameters)):
            try:
                return await self._request(prompt)
            except openai.BadRequestError as error:
                if not self._adapt(error):
                    raise
        return await self._request(prompt)

    async def _request(self, prompt: Prompt) -> ChatCompletion:
        messages: Any = [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": prompt.data},
        ]
        parameters: dict[str, Any] = {**self._parameters, "response_format": self._response_format()}
        completion = await self._client.chat.completions.create(model=self.name, messages=messages, **parameters)
        if not isinstance(completion, ChatCompletion):
            raise TypeError("not a completion")
        return completion

    def _adapt(self, error: openai.BadRequestError) -> bool:
        """Whether a refused parameter was given up: reasoning models know neither of these two."""
        if error.param == "max_tokens" and "max_tokens" in self._parameters:
            self._parameters["max_completion_tokens"] = self._parameters.pop("max_tokens")
            return True
        return error.param == "temperature" and self._parameters.pop("temperature", None) is not None

    def _response_format(self) -> Mapping[str, Any]:
        if self._endpoint.response_format is ResponseFormat.JSON_OBJECT:
            return {"type": "json_object"}
        schema = {"name": "decision", "strict": True, "schema": decision_schema()}
        return {"type": "json_schema", "json_schema": schema}

    async def close(self) -> None:
        """Gives up its connections."""
        await self._client.close()


def decision_schema() -> dict[str, Any]:
    """The schema of Decision as strict endpoints take it: without limits, which they refuse."""
    strings = {"type": "string"}
    properties = {
        "decision": {"type": "string", "enum": ["answer", "hand_off"]},
        "answer": strings,
        "article_ids": {"type": "array", "items": strings},
        "reason": strings,
    }
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _read(completion: ChatCompletion) -> Asked:
    usage = completion.usage
    tokens = (max(usage.prompt_tokens or 0, 0), max(usage.completion_tokens or 0, 0)) if usage else (0, 0)
    return Asked(_decision(completion), *tokens)


def _decision(completion: ChatCompletion) -> Decision | ModelFailure:
    if not completion.choices:
        return ModelFailure("empty")
    choice = completion.choices[0]
    if choice.finish_reason in _UNFINISHED:
        return ModelFailure(_UNFINISHED[choice.finish_reason])
    if choice.message.refusal:
        return ModelFailure("refused")
    content = (choice.message.content or "").strip()
    return _parse(content) if content else ModelFailure("empty")


def _parse(content: str) -> Decision | ModelFailure:
    try:
        return Decision.model_validate_json(content)
    except ValidationError as error:
        # Only its kind is read: the rest of it quotes the answer.
        broken = any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False))
        return ModelFailure("not JSON" if broken else "not the schema")

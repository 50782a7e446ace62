"""A language model behind an OpenAI-compatible endpoint, asked one question. Whatever goes wrong there comes back
as a ModelFailure with a few words for the staff; texts and keys are neither raised nor logged."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from responder_service.drafting.decision import Asked, Form, ModelFailure, Wanted
from responder_service.drafting.endpoint import Endpoint, ResponseFormat
from responder_service.drafting.fence import Prompt

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
            max_retries=_RETRIES,
        )

    async def ask(self, prompt: Prompt, form: Form[Wanted], seconds: float) -> Asked[Wanted]:
        """The model's answer, in `form`; `seconds` covers all attempts together. Never raises for what an endpoint does
        or leaves undone."""
        try:
            async with asyncio.timeout(seconds):
                return _read(await self._complete(prompt, form), form)
        except (TimeoutError, openai.APITimeoutError):
            return Asked(ModelFailure("timed out"))
        except openai.APIStatusError as error:
            return Asked(ModelFailure(str(error.status_code)))
        except openai.APIConnectionError:
            return Asked(ModelFailure("not reached"))
        # An answer that is not a completion: the package fails on it in many ways.
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError):
            return Asked(ModelFailure("malformed"))

    async def _complete(self, prompt: Prompt, form: Form[Wanted]) -> ChatCompletion:
        for _ in range(len(self._parameters)):
            try:
                return await self._request(prompt, form)
            except openai.BadRequestError as error:
                if not self._adapt(error):
                    raise
        return await self._request(prompt, form)

    async def _request(self, prompt: Prompt, form: Form[Wanted]) -> ChatCompletion:
        messages: Any = [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": prompt.data},
        ]
        parameters: dict[str, Any] = {**self._parameters, "response_format": self._response_format(form)}
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

    def _response_format(self, form: Form[Wanted]) -> Mapping[str, Any]:
        if self._endpoint.response_format is ResponseFormat.JSON_OBJECT:
            return {"type": "json_object"}
        schema = {"name": form.name, "strict": True, "schema": form.schema}
        return {"type": "json_schema", "json_schema": schema}

    async def close(self) -> None:
        """Gives up its connections."""
        await self._client.close()


def _read(completion: ChatCompletion, form: Form[Wanted]) -> Asked[Wanted]:
    usage = completion.usage
    tokens = (max(usage.prompt_tokens or 0, 0), max(usage.completion_tokens or 0, 0)) if usage else (0, 0)
    return Asked(_answer(completion, form), *tokens)


def _answer(completion: ChatCompletion, form: Form[Wanted]) -> Wanted | ModelFailure:
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

"""The control API from Python: with it, tests, the evaluation and the local stack play the model."""

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp

from dev.model_simulator import fair


class SimulatorError(Exception):
    """The simulator refused a control call. `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ModelSimulatorClient:
    """One method per control call. Raises SimulatorError if refused."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    @property
    def api_url(self) -> str:
        """What a service is given as its endpoint."""
        return f"{self.base_url}/v1"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, sock_connect=5))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def health(self) -> None:
        await self._call("GET", "/health")

    async def answer(self, text: str, article_id: str, quote: str) -> None:
        """The next decision is to answer so, in one sentence. Answers queue up."""
        await self.say(json.dumps(fair.answer(fair.sentence(text, article_id, quote)), ensure_ascii=False))

    async def replay(self, sentences: Sequence[Mapping[str, str]], verdict: bool) -> None:
        """The next decision is to answer in these sentences, each with text, article and quote; and `verdict` is what
        the verifier thinks of that answer: whether its sentences are entailed."""
        said = [fair.sentence(each["text"], each["article"], each["quote"]) for each in sentences]
        await self.verdict(" ".join(each["text"] for each in said), entails=verdict)
        await self.say(json.dumps(fair.answer(*said), ensure_ascii=False))

    async def hand_off(self, cause: str = "not_in_articles") -> None:
        """The next decision is to hand off."""
        await self.say(json.dumps(fair.hand_off(cause)))

    async def verdict(self, text: str, *, entails: bool, answers: bool = True) -> None:
        """What the verifier thinks of the draft of this text, whenever it comes."""
        await self._call("POST", "/verdicts", {"text": text, "entails": entails, "answers": answers})

    async def verifier_errs(self, rate: float, seed: int = 0) -> None:
        """From now on the verifier says the opposite of what it thinks, at this rate, 0 to 1."""
        await self._call("PUT", "/errors", {"rate": rate, "seed": seed})

    async def say(self, content: str, finish_reason: str = "stop") -> None:
        """The next completion that is not a verdict has this content, whatever it is."""
        await self._call("POST", "/answers", {"content": content, "finish_reason": finish_reason})

    async def fault(self, fault: str, *, times: int | None = None, seconds: float = 0) -> None:
        """Break the next `times` completions (None: all until cleared). See state.py for the names.

        `seconds` is how late "slow" answers, and the Retry-After of "429".
        """
        await self._call("POST", "/faults", {"fault": fault, "times": times, "seconds": seconds})

    async def clear_faults(self) -> None:
        await self._call("DELETE", "/faults")

    async def requests(self) -> list[dict[str, Any]]:
        """The bodies of the latest completion requests, oldest first."""
        return list((await self._call("GET", "/requests"))["requests"])

    async def wait_for_requests(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """The same, once at least `count` came. Raises TimeoutError when they do not."""
        return list((await self._call("GET", f"/requests?wait_count={count}&timeout={seconds}"))["requests"])

    async def reset(self) -> None:
        """Forget everything: scripted answers, verdicts, faults and requests."""
        await self._call("POST", "/reset")

    async def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        if self._session is None:
            raise RuntimeError("use ModelSimulatorClient with 'async with'")
        async with self._session.request(method, f"{self.base_url}/control{path}", json=body) as response:
            answer: dict[str, Any] = await response.json()
        if response.status == 408:
            raise TimeoutError(answer["error"]["message"])
        if response.status >= 400:
            raise SimulatorError(response.status, answer["error"]["message"])
        return answer

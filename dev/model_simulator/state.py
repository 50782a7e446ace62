"""Everything that the simulator knows, in one object that the request handlers share."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

events = logging.getLogger("model_simulator")
MOST_REQUESTS = 1_000

# slow answers late; up to broken_body they are not completions; up to cites_unknown they have no usable answer. strict
# refuses what reasoning models refuse. obeys does what a customer's text asks for; parrots says it word for word.
FaultName = Literal[
    "slow",
    "429",
    "500",
    "drop",
    "broken_body",
    "malformed",
    "wrong_schema",
    "truncated",
    "empty",
    "no_choices",
    "refuses",
    "filtered",
    "cites_unknown",
    "strict",
    "obeys",
    "parrots",
]


class Fault(BaseModel):
    """`times` is how many uses are left, None for all. `seconds` is for slow, and for 429: its Retry-After."""

    model_config = ConfigDict(extra="forbid")

    fault: FaultName
    times: int | None = Field(default=None, ge=1)
    seconds: float = Field(default=0, ge=0)


class ScriptedAnswer(BaseModel):
    """What the next completion says: `content` as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: str
    finish_reason: str = "stop"


class Verdict(BaseModel):
    """What the verifier is to think of the draft whose text is `text`: whether the quotes entail its sentences, and
    whether it answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    entails: bool
    answers: bool

    @property
    def key(self) -> str:
        """The same for a draft whatever became of its typography."""
        return key_of(self.text)


def key_of(text: str) -> str:
    """The letters and digits of `text`."""
    return "".join(filter(str.isalnum, text.casefold()))


class Errors(BaseModel):
    """How often the verifier errs, 0 to 1, and the seed of that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: float = Field(ge=0, le=1)
    seed: int = 0


@dataclass
class Simulator:
    """`api_key` is the only key that is taken; empty: any."""

    api_key: str = ""
    faults: list[Fault] = field(default_factory=list)
    script: deque[ScriptedAnswer] = field(default_factory=deque)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_REQUESTS))
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    error_rate: float = 0
    chance: random.Random = field(default_factory=random.Random)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def record(self, request: dict[str, Any]) -> None:
        """Keeps a request, and wakes those who wait for it."""
        self.requests.append(request)
        self._arrived.set()
        self._arrived.clear()

    async def wait_for_requests(self, count: int) -> None:
        """Returns when at least `count` requests are kept."""
        while len(self.requests) < count:
            await self._arrived.wait()

    def take(self, *names: str) -> Fault | None:
        """Uses up one of the first fault of these names that is in force."""
        for fault in self.faults:
            if fault.fault in names:
                self._use(fault)
                return fault
        return None

    def in_force(self, *names: str) -> bool:
        """Whether a fault of these names is in force; none is used up."""
        return any(fault.fault in names for fault in self.faults)

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self.faults.remove(fault)

    def err(self, errors: Errors) -> None:
        """The verifier errs so from now on."""
        self.error_rate, self.chance = errors.rate, random.Random(errors.seed)

    def errs(self) -> bool:
        """Whether the verifier errs this time."""
        return self.chance.random() < self.error_rate

    def reset(self) -> None:
        """Forgets everything but the key."""
        self.err(Errors(rate=0))
        parts: Iterable[list[Any] | deque[Any] | dict[str, Any]] = (
            self.faults,
            self.script,
            self.requests,
            self.verdicts,
        )
        for part in parts:
            part.clear()


SIMULATOR = web.AppKey("simulator", Simulator)

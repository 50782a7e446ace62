"""Everything that the simulator knows, in one object that the request handlers share."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from dev.twilio_simulator.directory import Directory
from dev.twilio_simulator.faults import Faults
from dev.twilio_simulator.log import Attempt, MessageLog
from dev.twilio_simulator.opt_outs import OptOuts
from dev.twilio_simulator.phones import Outcome, Phones
from dev.twilio_simulator.signed_request import SignedRequest

events = logging.getLogger("twilio_simulator")


class Sender(Protocol):
    """What carries Twilio's requests to the product: webhooks/outgoing.py."""

    async def send(self, request: SignedRequest) -> list[Attempt]:
        """Every attempt that Twilio makes, the last one being the outcome. Raises nothing."""

    async def close(self) -> None: ...


@dataclass
class Simulator:
    """`base_url` is its own address as the product sees it; `pace` is the seconds between statuses; `control_token` is
    what control calls must show."""

    sender: Sender
    base_url: str
    pace: float
    control_token: str = field(repr=False)
    directory: Directory = field(default_factory=Directory)
    messages: MessageLog = field(default_factory=MessageLog)
    faults: Faults = field(default_factory=Faults)
    opt_outs: OptOuts = field(default_factory=OptOuts)
    phones: Phones = field(default_factory=Phones)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Run something in the background until it ends, or the simulator is reset or stopped."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop_background(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def reset(self) -> None:
        await self.stop_background()
        for part in (self.directory, self.messages, self.faults, self.opt_outs, self.phones, self.outcomes):
            part.clear()

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            events.error("background work failed", exc_info=error)


SIMULATOR = web.AppKey("simulator", Simulator)


def masked(number: str) -> str:
    """A phone number as logs may show it: its last four digits."""
    return f"***{number[-4:]}"

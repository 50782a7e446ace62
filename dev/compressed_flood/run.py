"""Genuine webhooks beside a stranger's requests: how many are answered, how soon, and what the gateway spends on it."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from dev.benchmark.machine import cpu_seconds
from dev.compressed_flood.bodies import PATHS, bomb, request
from dev.fuzz.exchange import exchange
from dev.fuzz.requests import Requests
from dev.local_stack.desk import Desk, RunningStack

# What the stranger does; the second is the control: the same bytes, of which nobody says that they are compressed.
NOTHING, CONTROL = "nothing", "the same bytes, not compressed"
CODINGS = ("gzip", "deflate", "br")
# Twilio has no answer after this.
_TWILIO_SECONDS = 3.0
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Flood:
    """For `seconds` each: so many requests of a stranger a second, beside so many genuine webhooks."""

    seconds: float = 10.0
    a_second: float = 5.0
    genuine_a_second: float = 2.0


@dataclass
class Phase:
    """What came of one: of the genuine webhooks, how many were `answered` 200, how many of those `in_time`, and the
    slowest answer; the CPU time of the gateway."""

    stranger: str
    sent: int = 0
    genuine: int = 0
    answered: int = 0
    in_time: int = 0
    slowest: float = 0.0
    cpu_seconds: float = 0.0

    def line(self) -> str:
        """For people."""
        answered = f"{self.in_time} of {self.genuine} genuine webhooks answered in time"
        took = f"the slowest after {self.slowest * 1000:.0f} ms, CPU of the gateway {self.cpu_seconds:.2f} s"
        return f"{self.stranger}: {self.sent} of a stranger's requests; {answered}, {took}"


async def replay(running: RunningStack, flood: Flood) -> list[Phase]:
    """One phase after the other, on a desk of its own."""
    desk = await running.open_desk()
    return [await _phase(desk, flood, stranger) for stranger in (NOTHING, CONTROL, *CODINGS)]


async def _phase(desk: Desk, flood: Flood, stranger: str) -> Phase:
    phase = Phase(stranger)
    gateway = {"gateway": desk.stack.supervisor.process("gateway").pid}
    # Made before anything is measured; the control has the bytes of the first.
    body = b"" if stranger == NOTHING else bomb(CODINGS[0] if stranger == CONTROL else stranger)
    before = cpu_seconds(gateway)["gateway"]
    async with asyncio.TaskGroup() as group:
        group.create_task(_genuine(desk, flood, phase))
        if body:
            group.create_task(_strange(desk, flood, phase, body, "" if stranger == CONTROL else stranger))
    phase.cpu_seconds = round(cpu_seconds(gateway)["gateway"] - before, 2)
    return phase


async def _genuine(desk: Desk, flood: Flood, phase: Phase) -> None:
    requests = Requests(f"flood {phase.stranger}", desk.stack.public_url, desk.account)
    host, port = _address(desk)

    async def send() -> None:
        began = time.monotonic()
        result = await exchange(host, port, requests.next(genuine_share=1.0))
        seconds = time.monotonic() - began
        phase.slowest = max(phase.slowest, seconds)
        phase.answered += result.statuses == (200,)
        phase.in_time += result.statuses == (200,) and seconds < _TWILIO_SECONDS

    phase.genuine = await _evenly(flood.seconds, flood.genuine_a_second, send)


async def _strange(desk: Desk, flood: Flood, phase: Phase, body: bytes, coding: str) -> None:
    host, port = _address(desk)
    paths = itertools.cycle(PATHS)

    async def send() -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(request(next(paths), body, coding))
                    # Until the gateway has had enough.
                    await reader.read()
                finally:
                    writer.transport.abort()

    phase.sent = await _evenly(flood.seconds, flood.a_second, send)


async def _evenly(seconds: float, a_second: float, send: Callable[[], Awaitable[None]]) -> int:
    """Sends so many a second, however long each takes; how many that were, once all have come back."""
    count = max(round(seconds * a_second), 1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            await asyncio.sleep(max(began + number / a_second - loop.time(), 0))
            group.create_task(_wait_for(send()))
    return count


async def _wait_for(sending: Awaitable[None]) -> None:
    await sending


def _address(desk: Desk) -> tuple[str, int]:
    gateway = urlsplit(desk.stack.gateway_url)
    return gateway.hostname or "", gateway.port or 0

"""Many pages are open while texts come: whether each page learns of each text, what that costs, and whether the console
grows."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from dev.benchmark import machine
from dev.benchmark.browsers.browser import Browser
from dev.benchmark.browsers.signing_in import signing_in
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.orders import Order, Result
from dev.benchmark.load.process import Generator

_CONSOLE = "console"
_CONNECTIONS = 32
_PAGES_OF_AN_AGENT = 10
# How often memory is looked at, and how often some pages are cut off, in seconds.
_LOOK_SECONDS = 5.0
_CUT_EVERY = 10.0
_CUT_SHARE = 4
# How long pages may take after the last text.
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Live:
    """So many pages, texts a second, and seconds. A quarter of the pages is cut off every ten seconds."""

    browsers: int = 200
    texts_per_second: float = 20.0
    seconds: float = 60.0


@dataclass(frozen=True)
class LiveResult:
    """`missed`: how many times a page did not learn of a text; `twice`: how many times it did again, once it came
    back. `behind_seconds`: from the last text until every page knew all. `memory_mib`: the console's, every five
    seconds; `cpu_ms_per_event`: its processor time for a text on one page."""

    live: Live
    texts: Result
    stored: int
    missed: int
    twice: int
    behind_seconds: float
    memory_mib: Sequence[float]
    cpu_ms_per_event: float

    @property
    def is_clean(self) -> bool:
        """Whether every page learned of every text, and there were any."""
        return self.stored > 0 and not self.missed


async def measure(live: Live, place: Place, say: Callable[[str], None]) -> LiveResult:
    """Starts a Keva for it. Raises StackError, LoadError."""
    async with place.keva() as keva, _opened(live, keva) as browsers:
        say(f"{len(browsers)} pages are open; {live.texts_per_second:g} texts a second for {live.seconds:g} s")
        console = {_CONSOLE: keva.pids()[_CONSOLE]}
        mark, cpu, memory = await keva.mark(), machine.cpu_seconds(console), list[float]()
        async with Generator.ready(_order(live, keva)) as load, _watched(console, memory), _cut_off(browsers):
            result = await load.run()
        ended, stored = time.monotonic(), await keva.texts_since(mark)
        await _until_all_know(browsers, stored)
        behind = time.monotonic() - ended
        used = machine.since(cpu, machine.cpu_seconds(console))[_CONSOLE]
        memory.append(machine.resident_mib(console)[_CONSOLE])
        return LiveResult(
            live=live,
            texts=result,
            stored=stored,
            missed=sum(stored - len(browser.texts) for browser in browsers),
            twice=sum(browser.twice for browser in browsers),
            behind_seconds=round(behind, 2),
            memory_mib=memory,
            cpu_ms_per_event=round(1000 * used / max(stored * len(browsers), 1), 4),
        )


def _order(live: Live, keva: Keva) -> Order:
    signed = int(live.texts_per_second * live.seconds * 1.2) + 100
    rate = live.texts_per_second
    return Order(keva.gateway_ports, keva.number, "live", _CONNECTIONS, live.seconds, rate, 0.0, signed)


@asynccontextmanager
async def _opened(live: Live, keva: Keva) -> AsyncIterator[list[Browser]]:
    timeout = aiohttp.ClientTimeout(total=None, connect=30)
    async with AsyncExitStack() as closing:
        sign_in = await closing.enter_async_context(signing_in(keva.running))
        connector = aiohttp.TCPConnector(limit=0)
        http = await closing.enter_async_context(aiohttp.ClientSession(connector=connector, timeout=timeout))
        browsers: list[Browser] = []
        while len(browsers) < live.browsers:
            headers = await sign_in.headers(f"page-{len(browsers)}")
            of_agent = min(_PAGES_OF_AN_AGENT, live.browsers - len(browsers))
            browsers += [Browser(http, keva.running.stack.console_url, headers) for _ in range(of_agent)]
        for browser in browsers:
            browser.open()
            closing.push_async_callback(browser.close)
        await asyncio.gather(*(browser.begun.wait() for browser in browsers))
        yield browsers


@asynccontextmanager
async def _watched(console: dict[str, int], memory: list[float]) -> AsyncIterator[None]:
    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            memory.append(machine.resident_mib(console)[_CONSOLE])

    async with _meanwhile(look):
        yield


@asynccontextmanager
async def _cut_off(browsers: Sequence[Browser]) -> AsyncIterator[None]:
    async def cut() -> None:
        turn = 0
        while True:
            await asyncio.sleep(_CUT_EVERY)
            some = browsers[turn::_CUT_SHARE]
            turn = (turn + 1) % _CUT_SHARE
            await asyncio.gather(*(browser.close() for browser in some))
            for browser in some:
                browser.open()

    async with _meanwhile(cut):
        yield


@asynccontextmanager
async def _meanwhile(work: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()


async def _until_all_know(browsers: Sequence[Browser], stored: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and any(len(browser.texts) < stored for browser in browsers):  # noqa: ASYNC110
        await asyncio.sleep(0.02)

"""Three times as many texts as Keva can take: how many it still takes, how soon the others are refused, and how long
until all is as before. Then texts that never reached it, and how fast it finds them in Twilio's log."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from dev.benchmark import machine
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.orders import Order, Result
from dev.benchmark.load.process import Generator
from dev.benchmark.load.texts import customer_address
from dev.benchmark.throughput import Level, Series, Target, measure_one
from dev.local_stack.layout import base_environment
from dev.local_stack.processes import ChildProcess

ENVIRONMENT = {
    # As behind a load balancer: a single address may have more connections than one of the internet.
    "KEVA_TRUSTED_PROXIES": "127.0.0.1/32",
    # How fast it finds texts is measured, not how long it waits before it looks.
    "KEVA_BACKFILL_INTERVAL_SECONDS": "2",
    "KEVA_BACKFILL_GRACE_SECONDS": "0",
}
_BEST = Level(at_once=128)
_CONNECTIONS = 3000
_PROBES_A_SECOND = 50.0
_ADDING_AT_ONCE = 16
_FOUND_WITHIN_SECONDS = 300.0
_STARVING = (sys.executable, "-c", "while True: pass")


@dataclass(frozen=True)
class Overload:
    """`times` as many as the best rate, for `seconds`. `starved`: two busy loops run beside it, and have while the best
    rate was measured. `missed` texts are in Twilio's log alone."""

    times: float = 3.0
    seconds: float = 10.0
    missed: int = 3000
    replicas: int = 1
    starved: bool = False
    best_seconds: float = 4.0
    warm_seconds: float = 2.0
    probe_seconds: float = 15.0


@dataclass(frozen=True)
class OverloadResult:
    """Rates are texts a second. `stored`: of the texts of the overload, those that are in the database; at least as
    many as were answered 200. `well_after_seconds`: how long after the overload a light load was refused texts.
    `found_in_seconds`: until all that were missed were seen to be stored; None when they were not in five minutes, or
    when none were missed.
    `foreign_share`: of the processor, used by others during the overload, busy loops among them."""

    overload: Overload
    best: float
    asked: float
    result: Result
    stored: int
    probes: Result
    well_after_seconds: int
    found_in_seconds: float | None
    foreign_share: float

    @property
    def goodput(self) -> float:
        """What is taken under overload, as a share of the best rate."""
        return self.result.rate / self.best if self.best else 0.0

    @property
    def is_clean(self) -> bool:
        """Whether what was not taken was refused with 503, and nothing that was acknowledged is lost."""
        only = set(self.result.answers) <= {"200", "503", "unsent"}
        found = self.found_in_seconds is not None or not self.overload.missed
        return only and self.stored >= self.result.stored and found


async def measure(overload: Overload, place: Place, say: Callable[[str], None]) -> OverloadResult:
    """Starts a Keva for it. Raises StackError, LoadError."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with place.keva(overload.replicas, ENVIRONMENT) as keva, _starved(2 * overload.starved):
        best = await _best(keva, overload)
        say(f"best: {best:.0f} texts a second at {_BEST.name}; now {overload.times:g} times as many")
        mark, meter = await keva.mark(), machine.Meter(keva.everyone())
        result, probes = await _overload(keva, overload, best)
        _, foreign_share = meter.read(result.cpu_seconds + probes.cpu_seconds)
        stored = await keva.texts_since(mark) - probes.stored
        say(f"{overload.missed} texts that never came")
        found = await _find_missed(keva, overload.missed) if overload.missed else None
        return OverloadResult(
            overload=overload,
            best=best,
            asked=overload.times * best,
            result=result,
            stored=stored,
            probes=probes,
            well_after_seconds=_well_after(probes),
            found_in_seconds=found,
            foreign_share=foreign_share,
        )


@asynccontextmanager
async def _starved(loops: int) -> AsyncIterator[None]:
    async with AsyncExitStack() as ending:
        for number in range(loops):
            loop = await ChildProcess.start(f"busy loop {number}", _STARVING, base_environment())
            ending.callback(loop.kill)
        yield


async def _best(keva: Keva, overload: Overload) -> float:
    target = Target("keva", keva.gateway_ports, keva, keva)
    series = Series(seconds=overload.best_seconds, warm_seconds=overload.warm_seconds, name="best")
    return max([(await measure_one(target, _BEST, repetition, series)).result.rate for repetition in range(2)])


async def _overload(keva: Keva, overload: Overload, best: float) -> tuple[Result, Result]:
    """The overload, and a light load from the moment at which it ends."""
    heavy = _order(keva, "overload", overload.times * best, overload.seconds, overload.warm_seconds)
    light = _order(keva, "probes", _PROBES_A_SECOND, overload.probe_seconds, 0.0)
    async with Generator.ready(heavy) as heavy_load, Generator.ready(light) as light_load:

        async def afterwards() -> Result:
            await asyncio.sleep(heavy.warm_seconds + heavy.seconds)
            return await light_load.run()

        result, probes = await asyncio.gather(heavy_load.run(), afterwards())
    return result, probes


def _order(keva: Keva, series: str, rate: float, seconds: float, warm_seconds: float) -> Order:
    signed = int(rate * (seconds + warm_seconds) * 1.2) + 100
    return Order(keva.gateway_ports, keva.number, series, _CONNECTIONS, seconds, rate, warm_seconds, signed)


def _well_after(probes: Result) -> int:
    bad = [second + 1 for second, answers in enumerate(probes.by_second) if set(answers) - {"200"}]
    return max(bad, default=0)


async def _find_missed(keva: Keva, count: int) -> float | None:
    """Texts that are in Twilio's log and nowhere else: seconds until all are stored, or None."""
    stack, desk = keva.running.stack, keva.desk
    services = stack.layout.names("sms_service")
    for name in services:
        # It would begin to look before all of them are there.
        stack.pause(name)
    numbers = iter(range(count))

    async def add() -> None:
        for number in numbers:
            await desk.text(f"missed {number}", customer_address(number), deliver=False)

    await asyncio.gather(*(add() for _ in range(_ADDING_AT_ONCE)))
    mark, started = await keva.mark(), time.monotonic()
    for name in services:
        stack.resume(name)
    while time.monotonic() - started < _FOUND_WITHIN_SECONDS:
        if await keva.texts_since(mark) >= count:
            return round(time.monotonic() - started, 1)
        await asyncio.sleep(0.5)
    return None

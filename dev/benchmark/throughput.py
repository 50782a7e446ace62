"""Texts a second, and what each costs: Keva and the floor in turn, again and again, so that whatever else the machine
does meets both."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dev.benchmark import machine
from dev.benchmark.keva import Floor, Keva, Place
from dev.benchmark.load.orders import Customers, Order, Result
from dev.benchmark.load.process import Generator
from dev.benchmark.metrics import transaction_counters

GENERATOR = "generator"
# What a run may need at most, signed beforehand.
_MOST_A_SECOND = 4000
_OPEN_LOOP_CONNECTIONS = 400


@dataclass(frozen=True)
class Level:
    """So many webhooks at once, or so many a second."""

    at_once: int = 0
    a_second: float = 0.0

    @property
    def name(self) -> str:
        """As tables and results have it."""
        return f"{self.at_once} at once" if self.at_once else f"{self.a_second:g}/s"


LEVELS = (*(Level(at_once) for at_once in (1, 8, 32, 64, 128)), Level(a_second=100))


@dataclass(frozen=True)
class Series:
    """How it is measured. What comes at a steady rate is measured for `open_seconds`: it has fewer texts."""

    levels: Sequence[Level] = LEVELS
    repetitions: int = 5
    seconds: float = 3.0
    open_seconds: float = 8.0
    warm_seconds: float = 1.0
    replicas: int = 1
    customers: Customers = field(default_factory=Customers)
    name: str = "speed"
    rest_seconds: float = 3.0

    def seconds_of(self, level: Level) -> float:
        """How long it is measured."""
        return self.open_seconds if level.a_second else self.seconds

    @property
    def minutes(self) -> float:
        """About how long all of it takes."""
        one = sum(self.seconds_of(level) + self.warm_seconds + 2.5 for level in self.levels)
        return (2 * self.repetitions * one + 15) / 60


@dataclass(frozen=True)
class Measured:
    """One run. `stored`: how many documents it has left. `cpu_ms_per_text`: by process, the generator among them.
    `foreign_share`: of the processor, used by others than the benchmark. `per_text`: what the counters of transactions
    grew by."""

    who: str
    level: str
    repetition: int
    result: Result
    stored: int
    cpu_ms_per_text: Mapping[str, float]
    foreign_share: float
    per_text: Mapping[str, float]


@dataclass(frozen=True)
class Throughput:
    """`memory_mib` is resident memory, at rest before and after the load; `start_up` is in seconds; `rest_cpu` is the
    share of one core that each process uses while nothing happens."""

    runs: Sequence[Measured]
    replicas: int
    start_up: Mapping[str, float]
    rest_cpu: Mapping[str, float]
    memory_before_mib: Mapping[str, float]
    memory_mib: Mapping[str, float]


class _Target(Protocol):
    async def mark(self) -> Any: ...

    async def texts_since(self, mark: Any) -> int: ...

    def pids(self) -> dict[str, int]: ...


@dataclass(frozen=True)
class Target:
    """What texts are sent to, beside `keva`, which may be that itself. `at_rest`: processes by name that belong to the
    benchmark and have nothing to do meanwhile."""

    name: str
    ports: Sequence[int]
    process: _Target
    keva: Keva
    at_rest: Mapping[str, int] = field(default_factory=dict)


def targets_of(keva: Keva, floor: Floor) -> tuple[Target, Target]:
    """The floor and Keva."""
    return (
        Target("floor", [floor.port], floor, keva),
        Target("keva", keva.gateway_ports, keva, keva),
    )


async def measure(series: Series, place: Place, done: Callable[[Measured], None]) -> Throughput:
    """Starts a Keva and the floor for it; `done` hears of every run. Raises StackError, LoadError."""
    async with place.keva(series.replicas) as keva:
        targets = targets_of(keva, await Floor.started(keva))
        pids = keva.pids() | targets[0].process.pids()
        before, rest = machine.resident_mib(pids), await _at_rest(pids, series.rest_seconds)
        runs = []
        for repetition in range(series.repetitions):
            # Who comes first would otherwise always meet what the other one has left to do.
            in_turn = targets if repetition % 2 else targets[::-1]
            for level in series.levels:
                for target in in_turn:
                    runs.append(await measure_one(target, level, repetition, series))
                    done(runs[-1])
        return Throughput(runs, series.replicas, keva.start_up, rest, before, machine.resident_mib(pids))


async def measure_one(target: Target, level: Level, repetition: int, series: Series) -> Measured:
    """One run at one level."""
    seconds = series.seconds_of(level)
    order = Order(
        ports=target.ports,
        number=target.keva.number,
        # Both get the same texts, at the same times.
        series=f"{series.name} {level.name} {repetition}",
        connections=level.at_once or _OPEN_LOOP_CONNECTIONS,
        seconds=seconds,
        rate=level.a_second,
        warm_seconds=series.warm_seconds,
        signed=int((level.a_second * 1.3 or _MOST_A_SECOND) * (seconds + series.warm_seconds)) + 100,
        customers=series.customers,
    )
    async with Generator.ready(order) as generator:
        await machine.until_quiet(target.process.pids())
        return await _run(target, level.name, repetition, generator)


async def _run(target: Target, level: str, repetition: int, generator: Generator) -> Measured:
    stack, process = target.keva.running.stack, target.process
    mark, counters = await process.mark(), await transaction_counters(stack)
    meter = machine.Meter({**target.at_rest, **target.keva.everyone()})
    result = await generator.run()
    used, foreign_share = meter.read(result.cpu_seconds)
    used[GENERATOR], number = result.cpu_seconds, max(result.stored, 1)
    return Measured(
        who=target.name,
        level=level,
        repetition=repetition,
        result=result,
        stored=await process.texts_since(mark),
        cpu_ms_per_text={name: used[name] * 1000 / number for name in (*process.pids(), GENERATOR)},
        foreign_share=foreign_share,
        per_text={name: n / number for name, n in (await transaction_counters(stack) - counters).items()},
    )


async def _at_rest(pids: Mapping[str, int], seconds: float) -> dict[str, float]:
    await machine.until_quiet(pids)
    before = machine.cpu_seconds(pids)
    await asyncio.sleep(seconds)
    used = machine.since(before, machine.cpu_seconds(pids))
    return {name: round(cpu / seconds, 4) for name, cpu in used.items()}

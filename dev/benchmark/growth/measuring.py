"""Throughput, latency, people's questions and the console's pages at each size of the database, in turn: whatever else
the machine does meets all sizes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dev.benchmark import machine
from dev.benchmark.folder import ResultFolder
from dev.benchmark.growth.answers import Answers, PageTimes
from dev.benchmark.growth.desks import FilledDesk, filled_desks
from dev.benchmark.growth.filling import FIRST_OPEN, open_tickets
from dev.benchmark.growth.pages import Pages
from dev.benchmark.growth.questions import Questions
from dev.benchmark.load.orders import Customers
from dev.benchmark.throughput import Level, Measured, Series, Target, measure_one

LEVELS = (Level(at_once=8), Level(at_once=64), Level(a_second=100))
# Of the texts, half continue tickets that were filled in, as many at each size, evenly among all; the others come from
# so many new customers. So there is as much to do for a text at each size (a ticket's first text may reopen it, and
# costs more than the next), and how many tickets lie beside it is all that differs.
_NEW_CUSTOMERS = 4000
_OLD_SHARE = 0.5
# Questions and pages are asked for in so many turns.
_TURNS = 4


@dataclass(frozen=True)
class Growth:
    """`sizes`: numbers of tickets, rising. `questions`: how often each is asked, and each page opened."""

    sizes: Sequence[int] = (1000, 100_000, 1_000_000)
    levels: Sequence[Level] = LEVELS
    repetitions: int = 5
    seconds: float = 4.0
    open_seconds: float = 8.0
    questions: int = 400
    replicas: int = 1


@dataclass(frozen=True)
class Size:
    """What was measured at `tickets`; `answers` by question, `pages` by what they show."""

    tickets: int
    runs: Sequence[Measured]
    answers: Mapping[str, Answers]
    pages: Mapping[str, PageTimes]
    memory_mib: Mapping[str, float]


@dataclass(frozen=True)
class GrowthResult:
    """All sizes."""

    growth: Growth
    sizes: Sequence[Size]


async def measure(growth: Growth, folder: ResultFolder, say: Callable[[str], None]) -> GrowthResult:
    """Starts a Keva for each size. Raises StackError, LoadError, GrowthError."""
    async with filled_desks(folder, growth.sizes, growth.replicas, say) as desks:
        of_sizes = [_OneSize(desk, growth) for desk in desks]
        for of_size in of_sizes:
            # The first ones find nothing in memory, as nobody's do who come to a desk that is at work.
            await of_size.ask(growth.questions // 4)
            of_size.forget()
        for turn in range(_TURNS):
            say(f"asking, turn {turn + 1} of {_TURNS}")
            for of_size in _in_turn(of_sizes, turn):
                await of_size.ask(-(-growth.questions // _TURNS))
        for repetition in range(growth.repetitions):
            say(f"texts, repetition {repetition + 1} of {growth.repetitions}")
            for level in growth.levels:
                for of_size in _in_turn(of_sizes, repetition):
                    await of_size.take_texts(level, repetition, _others(desks, of_size.desk))
        return GrowthResult(growth, [of_size.result() for of_size in of_sizes])


def _in_turn(of_sizes: Sequence["_OneSize"], turn: int) -> Sequence["_OneSize"]:
    """Who comes first changes: whoever does meets what the last one has left to do."""
    return of_sizes if turn % 2 else of_sizes[::-1]


def _others(desks: Sequence[FilledDesk], but: FilledDesk) -> dict[str, int]:
    return {name: pid for desk in desks if desk is not but for name, pid in desk.processes().items()}


class _OneSize:
    """What is measured at one desk."""

    def __init__(self, desk: FilledDesk, growth: Growth) -> None:
        self.desk = desk
        self._growth = growth
        self._runs: list[Measured] = []
        self.forget()

    def forget(self) -> None:
        """Answers so far do not count."""
        self._questions = Questions(self.desk.keva.desk, self.desk.numbers)
        self._pages = Pages(self.desk.keva.running, self.desk.numbers)

    async def ask(self, times: int) -> None:
        """Each question, and each page, so many times."""
        await self._questions.ask(times)
        await self._pages.open(times)

    async def take_texts(self, level: Level, repetition: int, at_rest: Mapping[str, int]) -> None:
        """One run."""
        keva = self.desk.keva
        target = Target("keva", keva.gateway_ports, keva, keva, at_rest)
        self._runs.append(await measure_one(target, level, repetition, self._series()))

    def _series(self) -> Series:
        continued, all_open = open_tickets(min(self._growth.sizes)), open_tickets(self.desk.tickets)
        step = all_open // max(continued, 1)
        return Series(
            repetitions=self._growth.repetitions,
            seconds=self._growth.seconds,
            open_seconds=self._growth.open_seconds,
            name=f"{self.desk.tickets} tickets",
            customers=Customers(continued + _NEW_CUSTOMERS, continued, _OLD_SHARE, FIRST_OPEN, step),
        )

    def result(self) -> Size:
        """All of it."""
        memory = machine.resident_mib(self.desk.keva.pids())
        return Size(self.desk.tickets, self._runs, self._questions.answers, self._pages.times, memory)

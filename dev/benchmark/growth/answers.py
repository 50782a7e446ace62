"""How long answers took: to people's questions, and pages of the console."""

from dataclasses import dataclass, field

from dev.benchmark.agents import latency_of
from dev.benchmark.load.orders import Latency


@dataclass(frozen=True)
class Answers:
    """`latency` of those that came, in milliseconds; `failed` in time or at all; `found`: tickets and the like, in all
    of them together."""

    latency: Latency
    failed: int
    found: int


@dataclass(frozen=True)
class PageTimes:
    """`latency` until all of a page had come, in milliseconds, of those that were right; `failed`: of all others;
    `kilobytes` of the largest one, as it was sent."""

    latency: Latency
    failed: int
    kilobytes: float


@dataclass
class Stopwatch:
    """Of one question or page. `largest` is in bytes."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    found: int = 0
    largest: int = 0

    def came(self, seconds: float, found: int = 0) -> None:
        """An answer that was right."""
        self.seconds.append(seconds)
        self.found += found

    @property
    def answers(self) -> Answers:
        """If it was a question."""
        return Answers(latency_of(self.seconds), self.failed, self.found)

    @property
    def pages(self) -> PageTimes:
        """If it was a page."""
        return PageTimes(latency_of(self.seconds), self.failed, round(self.largest / 1000, 1))

"""Counts what a run's requests came to."""

from collections import Counter

from dev.benchmark.figures import percentile
from dev.benchmark.load.orders import Latency, Result


class Tally:
    """What is due from `begins` on, until `ends`, is measured; all is counted, by the second since `started`. Where
    nothing was answered 200 by `ends`, the first such answer ends the time: there is a rate, however slow. Times are of
    one monotonic clock, in seconds."""

    def __init__(self, begins: float, ends: float, started: float) -> None:
        self._begins, self._ends, self._started = begins, ends, started
        self._answers: Counter[str] = Counter()
        self._by_second: list[Counter[str]] = []
        self._latencies: list[float] = []
        self._refused_latencies: list[float] = []
        self._in_time = 0
        self._at_once = self._most_at_once = 0

    @property
    def is_measured(self) -> bool:
        """Whether there is a rate, and a latency."""
        return bool(self._in_time and self._latencies)

    def begin(self) -> None:
        """A request is due."""
        self._at_once += 1
        self._most_at_once = max(self._most_at_once, self._at_once)

    def end(self, answer: str, due: float, now: float) -> None:
        """A request that was due at `due` came to `answer`."""
        self._at_once -= 1
        self._answers[answer] += 1
        second = int(now - self._started)
        while len(self._by_second) <= second:
            self._by_second.append(Counter())
        self._by_second[second][answer] += 1
        if answer == "200" and self._begins <= now and (now < self._ends or not self._in_time):
            self._in_time += 1
            self._ends = max(self._ends, now)
        if answer.isdigit() and self._begins <= due:
            (self._latencies if answer == "200" else self._refused_latencies).append(now - due)

    def ran_out(self, now: float) -> None:
        """There are no more requests: the run ends early."""
        self._ends = max(min(self._ends, now), self._begins + 0.001)

    def result(self, cpu_seconds: float) -> Result:
        """All of it."""
        seconds = self._ends - self._begins
        return Result(
            answers=dict(self._answers),
            seconds=seconds,
            rate=self._in_time / seconds,
            latency=_latency(self._latencies),
            refused_latency=_latency(self._refused_latencies),
            cpu_seconds=cpu_seconds,
            most_at_once=self._most_at_once,
            by_second=[dict(second) for second in self._by_second],
        )


def _latency(seconds: list[float]) -> Latency:
    milliseconds = sorted(value * 1000 for value in seconds)
    p50, p90, p99, most = (round(percentile(milliseconds, share), 3) for share in (0.5, 0.9, 0.99, 1.0))
    return Latency(len(milliseconds), p50, p90, p99, most)

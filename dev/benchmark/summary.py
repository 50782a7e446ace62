"""What all repetitions of a level come to. It reads results as results.json has them, so that old ones can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dev.benchmark.figures import Spread, ratios

FLOOR, KEVA = "floor", "keva"
Run = Mapping[str, Any]


# Texts a second, and of their latencies, in milliseconds, those that half and 99 of 100 stay within.
FIGURES = ("rate", "p50", "p99")


@dataclass(frozen=True)
class LevelSummary:
    """One level: FIGURES of Keva, of the floor, and of Keva as ratios to the floor, repetition by repetition; and CPU
    time, in milliseconds per text, by process."""

    level: str
    keva: Mapping[str, Spread]
    floor: Mapping[str, Spread]
    of_floor: Mapping[str, Spread]
    cpu: Mapping[str, float]
    floor_cpu: Mapping[str, float]

    @property
    def is_closed_loop(self) -> bool:
        """See is_closed."""
        return is_closed(self.level)


def summaries(runs: Sequence[Run]) -> list[LevelSummary]:
    """One for each level that was measured for both, in order."""
    levels = dict.fromkeys(run["level"] for run in runs)
    return [_summary(level, [run for run in runs if run["level"] == level]) for level in levels]


def _summary(level: str, runs: Sequence[Run]) -> LevelSummary:
    keva, floor = (_in_order(runs, who) for who in (KEVA, FLOOR))
    of_keva, of_floor = ({name: [_figure(run, name) for run in who] for name in FIGURES} for who in (keva, floor))
    return LevelSummary(
        level,
        {name: Spread.of(values) for name, values in of_keva.items()},
        {name: Spread.of(values) for name, values in of_floor.items()},
        {name: ratios(of_keva[name], of_floor[name]) for name in FIGURES},
        _median_cpu(keva),
        _median_cpu(floor),
    )


@dataclass(frozen=True)
class LevelFigures:
    """Keva's at one level, by repetition: texts a second, or at a steady rate p99 in milliseconds. `cpu_ms`: what a
    text costs all processes together, but for the generator."""

    is_closed_loop: bool
    figures: Sequence[float]
    cpu_ms: float


def figures_by_level(runs: Sequence[Run]) -> dict[str, LevelFigures]:
    """Of each level, in order."""
    return {
        level: _figures([run for run in runs if run["level"] == level])
        for level in dict.fromkeys(run["level"] for run in runs)
    }


def _figures(runs: Sequence[Run]) -> LevelFigures:
    own = _in_order(runs, KEVA)
    is_closed_loop = is_closed(own[0]["level"])
    figures = [_figure(run, "rate" if is_closed_loop else "p99") for run in own]
    cpu = sum(value for name, value in _median_cpu(own).items() if name != "generator")
    return LevelFigures(is_closed_loop, figures, cpu)


def is_closed(level: str) -> bool:
    """Whether it is so many at once: of a steady rate only latencies say something."""
    return level.endswith("at once")


def _in_order(runs: Sequence[Run], who: str) -> list[Run]:
    return sorted((run for run in runs if run["who"] == who), key=lambda run: run["repetition"])


def _figure(run: Run, name: str) -> float:
    result = run["result"]
    return float(result["rate"] if name == "rate" else result["latency"][name])


def _median_cpu(runs: Sequence[Run]) -> dict[str, float]:
    services = [by_service(run["cpu_ms_per_text"]) for run in runs]
    return {name: Spread.of([of_run[name] for of_run in services]).median for name in services[0]}


def by_service(figures: Mapping[str, float]) -> dict[str, float]:
    """The sums over replicas."""
    sums: dict[str, float] = {}
    for process, figure in figures.items():
        service = process.rpartition("-")[0] or process
        sums[service] = sums.get(service, 0.0) + figure
    return sums


def per_text(runs: Sequence[Run]) -> dict[str, Mapping[str, float]]:
    """What the counters of transactions grew by for each of Keva's texts, by level: the means of all repetitions."""
    kept: dict[str, list[Mapping[str, float]]] = {}
    for run in runs:
        if run["who"] == KEVA:
            kept.setdefault(run["level"], []).append(run["per_text"])
    return {
        level: {name: sum(r.get(name, 0) for r in all_) / len(all_) for name in all_[0]} for level, all_ in kept.items()
    }


def foreign(runs: Sequence[Run]) -> Spread:
    """Which share of the processor others than the benchmark used."""
    return Spread.of([run["foreign_share"] for run in runs])


def wrong(runs: Sequence[Run]) -> list[str]:
    """What was answered other than 200, texts that are stored otherwise than answered, and runs of which nothing could
    be measured, in sentences."""
    sentences = []
    for run in runs:
        answers = run["result"]["answers"]
        where = f"{run['who']}, {run['level']}, repetition {run['repetition'] + 1}"
        refused = {answer: count for answer, count in answers.items() if answer != "200"}
        if refused:
            sentences.append(f"{where}: answered other than 200: {refused}")
        if run["stored"] != answers.get("200", 0):
            sentences.append(f"{where}: {answers.get('200', 0)} answered 200, {run['stored']} stored")
        if not run["result"]["rate"]:
            sentences.append(f"{where}: none was answered 200 in time, so nothing is measured")
    return sentences

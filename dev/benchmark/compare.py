"""Two results beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from dev.benchmark.figures import Spread, plain
from dev.benchmark.summary import LevelSummary, summaries


def comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> Table:
    """Levels that both have: Keva's ratio to the floor, its rate, p99 and CPU time. A change counts where the ranges do
    not touch; the ratio is what can be compared between two hours, or two machines."""
    old, new = (_levels(results) for results in (before, after))
    table = Table(title="Before and after; * where the ranges do not touch", title_justify="left")
    for column in ("texts", "Keva / floor", "texts a second", "p99, ms", "CPU, ms per text"):
        table.add_column(column, justify="left" if column == "texts" else "right")
    for name in old:
        if name in new:
            table.add_row(name, *_row(old[name], new[name]))
    return table


def _levels(results: Mapping[str, Any]) -> dict[str, LevelSummary]:
    runs: Sequence[Any] = results.get("throughput", {}).get("runs", [])
    return {level.level: level for level in summaries(runs)}


def _row(old: LevelSummary, new: LevelSummary) -> list[str]:
    spreads = [
        (old.of_floor["rate"], new.of_floor["rate"]),
        *((old.keva[name], new.keva[name]) for name in ("rate", "p99")),
    ]
    cpu = [sum(value for name, value in level.cpu.items() if name != "generator") for level in (old, new)]
    return [*(change(*pair) for pair in spreads), f"{plain(cpu[0])} -> {plain(cpu[1])}"]


def change(old: Spread, new: Spread) -> str:
    """`0.14 -> 0.35 (x 2.5) *`."""
    apart = old.high < new.low or new.high < old.low
    times = f" (x {new.median / old.median:.2f})" if old.median else ""
    return f"{plain(old.median)} -> {plain(new.median)}{times}{' *' if apart else ''}"

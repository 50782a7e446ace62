"""Results as tables, for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from dev.benchmark.figures import Spread, plain
from dev.benchmark.summary import LevelSummary

# What each column of CPU time is of, in the order of a text's way.
_PROCESSES = ("gateway", "sms_service", "credentials_service", "ticket_service", "responder_service", "mongod")


def speed(levels: Sequence[LevelSummary]) -> Table:
    """Keva beside the floor: median (lowest to highest)."""
    table = _table(
        "Texts: Keva beside the floor, median (range) of the repetitions",
        *("texts", "Keva, per second", "floor", "Keva / floor", "Keva p50, ms", "p99", "floor p50", "p99"),
        *("p50 / floor", "p99 / floor"),
    )
    for level in levels:
        keva, floor, ratio = level.keva, level.floor, level.of_floor
        of_rate = _spread(ratio["rate"]) if level.level.endswith("at once") else "-"
        table.add_row(
            level.level,
            *(_spread(keva["rate"]), _spread(floor["rate"]), of_rate),
            *(plain(figures[name].median) for figures in (keva, floor, ratio) for name in ("p50", "p99")),
        )
    return table


def cpu(levels: Sequence[LevelSummary]) -> Table:
    """What a text costs."""
    table = _table("CPU, milliseconds per text", "texts", *_PROCESSES, "Keva, all", "floor", "its mongod", "generator")
    for level in levels:
        own = [level.cpu.get(name, 0.0) for name in _PROCESSES]
        floor = [level.floor_cpu.get(name, 0.0) for name in ("floor", "mongod")]
        figures = [*own, sum(own), *floor, level.cpu.get("generator", 0.0)]
        table.add_row(level.level, *(f"{figure:.2f}" for figure in figures))
    return table


def processes(throughput: Mapping[str, Any]) -> Table:
    """Start-up, memory, and CPU at rest."""
    table = _table(
        "Processes", "process", "ready after, s", "resident at first, MiB", "after the load", "CPU at rest, % of a core"
    )
    start_up = throughput["start_up"]
    for name, mib in throughput["memory_mib"].items():
        before, rest = throughput["memory_before_mib"][name], throughput["rest_cpu"][name]
        ready = f"{start_up[name]:.2f}" if name in start_up else "-"
        table.add_row(name, ready, f"{before:.0f}", f"{mib:.0f}", f"{rest * 100:.1f}")
    return table


def _spread(of: Spread) -> str:
    return f"{plain(of.median)} ({plain(of.low)} to {plain(of.high)})"


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table

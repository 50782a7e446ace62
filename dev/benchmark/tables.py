"""Results as tables, for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from dev.benchmark.figures import Spread, plain, ratios
from dev.benchmark.summary import LevelFigures, LevelSummary, figures_by_level

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
        of_rate = _spread(ratio["rate"]) if level.is_closed_loop else "-"
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


def growth(sizes: Sequence[Mapping[str, Any]]) -> Table:
    """Texts a second, or at a steady rate their p99, at each size: median, and beside the smallest size in the same
    repetition; and what a text costs."""
    title = "Growth: Keva's texts at each size, beside the smallest, median (range) of the repetitions; CPU per text"
    table = _table(title, "texts", *(f"{size['tickets']:,} tickets" for size in sizes))
    for level, first in figures_by_level(sizes[0]["runs"]).items():
        table.add_row(level, *(_size(figures_by_level(size["runs"])[level], first) for size in sizes))
    return table


def _size(of: LevelFigures, first: LevelFigures) -> str:
    unit = "/s" if of.is_closed_loop else " ms p99"
    beside = ratios(of.figures, first.figures)
    return f"{plain(Spread.of(of.figures).median)}{unit}; {_spread(beside)}; {plain(of.cpu_ms)} ms"


def questions(sizes: Sequence[Mapping[str, Any]]) -> Table:
    """How long answers take at each size."""
    table = _table(
        "Questions, one after the other: p50, p99 in ms",
        "question",
        *(f"{size['tickets']:,} tickets" for size in sizes),
    )
    for name in sizes[0]["answers"]:
        table.add_row(name, *(_answers(size["answers"][name]) for size in sizes))
    return table


def pages(sizes: Sequence[Mapping[str, Any]]) -> Table:
    """How long the console's pages take at each size."""
    table = _table(
        "Pages of the console, one after the other: p50, p99 in ms, kB as sent",
        "page",
        *(f"{size['tickets']:,} tickets" for size in sizes),
    )
    for name in sizes[0]["pages"]:
        table.add_row(name, *(_page(size["pages"][name]) for size in sizes))
    return table


def _page(of: Mapping[str, Any]) -> str:
    return f"{_answers(of)}; {plain(of['kilobytes'])} kB"


def _answers(of: Mapping[str, Any]) -> str:
    latency = of["latency"]
    failed = f"; {of['failed']} FAILED" if of["failed"] else ""
    return f"{plain(latency['p50'])}, {plain(latency['p99'])}{failed}"


def _spread(of: Spread) -> str:
    return f"{plain(of.median)} ({plain(of.low)} to {plain(of.high)})"


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table

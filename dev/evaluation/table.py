"""The one table of all rows, for people at a terminal, for a page, and for programs."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from dev.evaluation.figures import Row

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_HEAD = ("part", "measure", "figure", "95 %", "line", "more")


def for_terminal(rows: Sequence[Row]) -> Table:
    """With what falls short in red."""
    table = Table(*_HEAD, title="The AI's examination", title_justify="left")
    part = ""
    for row in rows:
        if part and row.part != part:
            table.add_section()
        shown = "" if row.part == part else row.part
        part = row.part
        cells = (shown, row.measure, row.figure, row.interval, _line(row), row.detail)
        table.add_row(*cells, style="red" if row.is_missed else None)
    return table


def for_page(rows: Sequence[Row]) -> str:
    """As a table in Markdown."""
    lines = [_page_line(_HEAD), _page_line(["---"] * len(_HEAD))]
    for row in rows:
        cells = (row.part, row.measure, row.figure, row.interval, _line(row), row.detail)
        lines.append(_page_line(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells))
    return "\n".join(lines) + "\n"


def for_programs(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """As JSON can say it."""
    return [row.as_json() for row in rows]


def write_into(page: Path, rows: Sequence[Row]) -> None:
    """Puts the table into `page`, between its two marks, or makes the page of it when there is none. Raises ValueError
    when a page has no such marks."""
    table = for_page(rows)
    if not page.exists():
        page.write_text(f"{BEGIN}\n{table}{END}\n", encoding="utf-8")
        return
    text = page.read_text(encoding="utf-8")
    between = re.compile(f"({re.escape(BEGIN)}\n).*?({re.escape(END)})", re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{page} has no lines {BEGIN} and {END}: write them where the table belongs")
    page.write_text(between.sub(lambda match: f"{match[1]}{table}{match[2]}", text), encoding="utf-8")


def _line(row: Row) -> str:
    return f"{row.bound_text}{', missed' if row.is_missed else ''}"


def _page_line(cells: Sequence[str] | Any) -> str:
    return f"| {' | '.join(cells)} |"

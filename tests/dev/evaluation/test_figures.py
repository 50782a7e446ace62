"""Shares have the intervals that a textbook gives, and rows say when they fall short."""

import json
from pathlib import Path

import pytest

from dev.evaluation import table
from dev.evaluation.figures import Amount, Bound, Change, Row, Share, wilson

# The last one is an example of Newcombe (1998), "Two-sided confidence intervals for the single proportion".
KNOWN = [
    pytest.param(0, 10, 0.0, 0.2775, id="none"),
    pytest.param(5, 10, 0.2366, 0.7634, id="half"),
    pytest.param(10, 10, 0.7225, 1.0, id="all"),
    pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998"),
]


@pytest.mark.parametrize(("count", "total", "low", "high"), KNOWN)
def test_intervals(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=5e-5)


def test_nothing_of_nothing_may_be_anything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("count", "total", "line", "bound", "missed"),
    [
        pytest.param(60, 100, 0.6, "at least", False, id="just enough"),
        pytest.param(59, 100, 0.6, "at least", True, id="too few"),
        pytest.param(1, 100, 0.01, "at most", False, id="just not too many"),
        pytest.param(2, 100, 0.01, "at most", True, id="too many"),
        pytest.param(1, 100, 0.0, "at most", True, id="one, where none may be"),
        pytest.param(0, 0, 0.6, "at least", False, id="nothing of nothing"),
        pytest.param(0, 100, None, "at least", False, id="no line"),
    ],
)
def test_a_share_falls_short(count: int, total: int, line: float | None, bound: Bound, missed: bool) -> None:
    assert Share("p", "m", count, total, line, bound).is_missed is missed


@pytest.mark.parametrize(("value", "missed"), [(120.0, False), (120.1, True)])
def test_an_amount_is_too_much(value: float, missed: bool) -> None:
    assert Amount("p", "m", value, "MB", 120).is_missed is missed


ROWS: list[Row] = [
    Share("first sight", "answered", 3, 4, 0.8, detail="one 1 of 2\nother 2 of 2"),
    Amount("resources", "memory", 99.96, "MB", 120),
    Change("words.yaml kinds.price", "wrong +1"),
]
TABLE = """\
| part | measure | figure | 95 % | line | more |
| --- | --- | --- | --- | --- | --- |
| first sight | answered | 3 of 4 (75.0%) | 30.1 to 95.4 | at least 80%, missed | one 1 of 2<br>other 2 of 2 |
| resources | memory | 100.0 MB |  | at most 120 MB |  |
| left out | words.yaml kinds.price | wrong +1 |  |  |  |
"""


def test_a_page_gets_the_table_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "ai.md"
    page.write_text(f"Before.\n\n{table.BEGIN}\nold\n{table.END}\n\nAfter.\n")

    table.write_into(page, ROWS)
    table.write_into(page, ROWS)

    assert page.read_text() == f"Before.\n\n{table.BEGIN}\n{TABLE}{table.END}\n\nAfter.\n"


def test_a_page_that_is_not_there_is_made(tmp_path: Path) -> None:
    table.write_into(tmp_path / "new.md", ROWS)

    assert TABLE in (tmp_path / "new.md").read_text()


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "ai.md"
    page.write_text("Mine.\n")

    with pytest.raises(ValueError, match="has no lines"):
        table.write_into(page, ROWS)
    assert page.read_text() == "Mine.\n"


def test_programs_get_every_row() -> None:
    rows = json.loads(json.dumps(table.for_programs(ROWS)))

    assert rows[0]["interval"] == {"low": 0.3006, "high": 0.9544}
    assert [row.get("missed") for row in rows] == [True, False, None]

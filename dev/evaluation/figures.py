"""What was measured: rows of one table, each with the line that it must not fall short of."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

Bound = Literal["at least", "at most"]
_Z = 1.959964  # of 95 %


@dataclass(frozen=True)
class Share:
    """`count` of `total`. `line` is a share, 0 to 1, that it has to be at least or at most; None: it is only told."""

    part: str
    measure: str
    count: int
    total: int
    line: float | None = None
    bound: Bound = "at least"
    detail: str = ""

    @property
    def figure(self) -> str:
        """In words."""
        return told(self.count, self.total)

    @property
    def interval(self) -> str:
        """Between which shares it is, with a confidence of 95 %."""
        return interval_text(self.count, self.total)

    @property
    def bound_text(self) -> str:
        """The line in words; empty when there is none."""
        return "" if self.line is None else f"{self.bound} {self.line:.0%}"

    @property
    def is_missed(self) -> bool:
        """Whether it falls short. Nothing of nothing does not."""
        if self.line is None or not self.total:
            return False
        share = self.count / self.total
        return share < self.line if self.bound == "at least" else share > self.line

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        low, high = wilson(self.count, self.total)
        interval = {"low": round(low, 4), "high": round(high, 4)}
        return {**_described(self), "count": self.count, "total": self.total, "interval": interval}


@dataclass(frozen=True)
class Amount:
    """So much of a `unit`, and the most that it may be."""

    part: str
    measure: str
    value: float
    unit: str
    line: float | None = None
    detail: str = ""

    @property
    def figure(self) -> str:
        """In words."""
        return f"{self.value:.1f} {self.unit}"

    @property
    def interval(self) -> str:
        """None: it is measured, not sampled."""
        return ""

    @property
    def bound_text(self) -> str:
        """The line in words; empty when there is none."""
        return "" if self.line is None else f"at most {self.line:g} {self.unit}"

    @property
    def is_missed(self) -> bool:
        """Whether it is too much."""
        return self.line is not None and self.value > self.line

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**_described(self), "value": self.value, "unit": self.unit}


@dataclass(frozen=True)
class Change:
    """What is different without a list; a row of the table that has no line. `detail` is by business."""

    measure: str
    figure: str
    detail: str = ""
    part: str = "left out"
    interval: str = ""
    bound_text: str = ""
    is_missed: bool = False

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"part": self.part, "measure": self.measure, "change": self.figure, "businesses": self.detail}


Row = Share | Amount | Change


def _described(row: Share | Amount) -> dict[str, Any]:
    return {"part": row.part, "measure": row.measure, "line": row.bound_text, "missed": row.is_missed}


def told(count: int, total: int) -> str:
    """`count` of `total` with its percentage."""
    return f"{count} of {total} ({count / total:.1%})" if total else "-"


def wilson(count: int, total: int) -> tuple[float, float]:
    """Between which shares, 0 to 1, `count` of `total` is with a confidence of 95 % (Wilson's score interval)."""
    if not total:
        return 0.0, 1.0
    share, squared = count / total, _Z * _Z
    middle = (share + squared / (2 * total)) / (1 + squared / total)
    half = _Z / (1 + squared / total) * sqrt(share * (1 - share) / total + squared / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def interval_text(count: int, total: int) -> str:
    """The interval in per cent; empty for nothing of nothing."""
    low, high = wilson(count, total)
    return f"{low * 100:.1f} to {high * 100:.1f}" if total else ""

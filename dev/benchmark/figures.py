"""Arithmetic of figures that were measured several times. Standard library only: the load generator uses it, too."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `ordered` do not exceed; 0 of none."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True)
class Spread:
    """The same figure from all repetitions."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """All three are 0 of none."""
        return cls(statistics.median(values), min(values), max(values)) if values else cls(0, 0, 0)


def ratios(values: Sequence[float], floors: Sequence[float]) -> Spread:
    """Each value to what was measured beside it in the same repetition, where that is not 0."""
    return Spread.of([value / floor for value, floor in zip(values, floors, strict=True) if floor])


def plain(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"

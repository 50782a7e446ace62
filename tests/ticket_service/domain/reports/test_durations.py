"""Durations in buckets: percentiles within 1 % of the exact ones, however many days are added up."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from ticket_service.domain.reports.durations import bucket_of, percentile


def _percentile(seconds: list[float], share: float) -> float:
    found = percentile(Counter(bucket_of(timedelta(seconds=s)) for s in seconds), share)
    assert found is not None
    return found.total_seconds()


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("seed", range(5))
def test_a_percentile_is_within_one_percent(seed: int, share: float) -> None:
    numbers = random.Random(seed)
    seconds = sorted(numbers.lognormvariate(7, 2.5) + 1 for _ in range(numbers.randint(1, 2000)))
    exact = seconds[-(-int(share * 1000) * len(seconds) // 1000) - 1]

    assert _percentile(seconds, share) == pytest.approx(exact, rel=0.0101)


@pytest.mark.parametrize("seconds", [1, 1.02, 2, 59, 60, 3600, 86_400, 400 * 86_400])
def test_one_duration_is_its_own_median(seconds: float) -> None:
    assert _percentile([seconds], 0.5) == pytest.approx(seconds, rel=0.0101)


def test_nearest_rank_is_one_of_the_durations() -> None:
    assert _percentile([10, 1000], 0.5) == pytest.approx(10, rel=0.01)
    assert _percentile([10, 1000], 0.9) == pytest.approx(1000, rel=0.01)
    assert _percentile([10, 20, 1000], 0.5) == pytest.approx(20, rel=0.01)


def test_what_took_less_than_a_second_took_no_time() -> None:
    assert _percentile([0, 0.2, 0.999], 0.9) == 0


def test_of_none_there_is_no_median() -> None:
    assert percentile({}, 0.5) is None

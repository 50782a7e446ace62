"""How long something waits before it is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from servicekit.background_work.backoff import doubled, half_of_age, jittered

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(minutes=5)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        pytest.param(timedelta(0), SHORTEST, id="just now: the shortest"),
        pytest.param(timedelta(seconds=2), SHORTEST, id="as old as twice the shortest"),
        pytest.param(timedelta(seconds=3), timedelta(seconds=1.5), id="half of its age"),
        pytest.param(timedelta(minutes=8), timedelta(minutes=4), id="half of a longer age"),
        pytest.param(timedelta(minutes=10), LONGEST, id="as old as twice the longest"),
        pytest.param(timedelta(days=3), LONGEST, id="days old: the longest"),
        pytest.param(timedelta(seconds=-9), SHORTEST, id="by a clock that is ahead: the shortest"),
    ],
)
def test_half_of_age(age: timedelta, wait: timedelta) -> None:
    assert half_of_age(SINCE, SINCE + age, SHORTEST, LONGEST) == wait


@pytest.mark.parametrize(
    ("bounds", "least", "most"),
    [
        pytest.param((), 8.0, 12.0, id="a fifth shorter or longer"),
        pytest.param((1, 1.3), 10.0, 13.0, id="never shorter"),
    ],
)
def test_jitter_stays_within_its_bounds_and_differs(bounds: tuple[float, ...], least: float, most: float) -> None:
    waits = {jittered(timedelta(seconds=10), *bounds).total_seconds() for _ in range(200)}

    assert least <= min(waits)
    assert max(waits) <= most
    assert len(waits) > 100


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (10_000, 300)])
def test_doubled_with_each_failure(failures: int, seconds: int) -> None:
    waits = [doubled(failures, SHORTEST, LONGEST).total_seconds() / seconds for _ in range(100)]

    assert 0.8 <= min(waits) < max(waits) <= 1.2

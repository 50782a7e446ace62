"""Work gives way while what somebody waits for is slow, and for a moment after that."""

import pytest

from servicekit.background_work.pace import Pace


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def pace(clock: _Clock) -> Pace:
    return Pace(slow_seconds=0.2, remembered_seconds=1.0, clock=clock)


def test_it_is_quick_at_first_and_when_all_is_quick(pace: Pace, clock: _Clock) -> None:
    assert not pace.is_slow()

    with pace.timed():
        clock.now += 0.1

    assert not pace.is_slow()


def test_what_was_slow_is_remembered_for_a_while(pace: Pace, clock: _Clock) -> None:
    with pace.timed():
        clock.now += 0.3
    with pace.timed():
        clock.now += 0.1

    assert pace.is_slow()
    clock.now += 0.9
    assert not pace.is_slow()


def test_what_fails_after_a_long_time_is_slow_too(pace: Pace, clock: _Clock) -> None:
    def late() -> None:
        with pace.timed():
            clock.now += 0.3
            raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        late()

    assert pace.is_slow()

"""What is known of Twilio's clock is never ahead of it, however far ours is from it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sms_service.twilio.twilio_clock import TwilioClock

NOON = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class Monotonic:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def monotonic() -> Monotonic:
    """Ours."""
    return Monotonic()


@pytest.fixture
def clock(monotonic: Monotonic) -> TwilioClock:
    """A clock that nothing is known of yet."""
    return TwilioClock(monotonic, lambda: NOON)


def _date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)


def test_nothing_is_known_before_the_first_answer(clock: TwilioClock) -> None:
    for no_date in ("", "yesterday", "Thu, 99 Jan 2026 12:00:00 GMT", "\ud83d", "0"):
        clock.answered(no_date)
    clock.took(None)

    assert clock.earliest() is None


def test_it_goes_on_with_our_monotonic_clock_and_never_faster(clock: TwilioClock, monotonic: Monotonic) -> None:
    clock.answered(_date(NOON))

    monotonic.seconds += 3600

    assert NOON + timedelta(seconds=3598) < (clock.earliest() or NOON) <= NOON + timedelta(hours=1)


def test_later_answers_make_up_for_the_cut_to_the_second(clock: TwilioClock, monotonic: Monotonic) -> None:
    clock.answered(_date(NOON))
    monotonic.seconds += 0.1
    clock.answered(_date(NOON + timedelta(seconds=1)))
    monotonic.seconds += 0.5
    clock.answered(_date(NOON + timedelta(seconds=1)))

    earliest = clock.earliest()

    assert earliest is not None
    assert NOON + timedelta(seconds=1.49) < earliest <= NOON + timedelta(seconds=1.5)


@pytest.mark.parametrize("minutes", [-3, 0, 3])
def test_the_one_that_is_behind_counts(clock: TwilioClock, minutes: int) -> None:
    log = NOON + timedelta(minutes=minutes)
    clock.answered(_date(NOON))

    clock.took(log)

    assert clock.earliest() == min(NOON, log)


@pytest.mark.parametrize("impossible", ["Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_date_that_no_clock_shows_now_changes_nothing(clock: TwilioClock, impossible: str) -> None:
    clock.answered(impossible)
    assert (clock.by_answers(), clock.earliest()) == (None, None)

    clock.answered(_date(NOON))
    clock.answered(impossible)
    clock.took(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))

    assert (clock.by_answers(), clock.earliest()) == (NOON, NOON)


@pytest.mark.parametrize("apart", [timedelta(days=300), timedelta(days=-300)])
def test_our_own_clock_may_be_wrong_by_months(monotonic: Monotonic, apart: timedelta) -> None:
    clock = TwilioClock(monotonic, lambda: NOON + apart)

    clock.answered(_date(NOON))

    assert clock.by_answers() == NOON

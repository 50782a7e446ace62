"""When a workspace is open, by clocks that skip hours and show others twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_service.domain.errors import FieldInvalid
from ticket_service.domain.work.business_hours import BusinessHours, Holiday, Span, require_hours

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


def span(weekday: int, opens: str, closes: str) -> Span:
    return Span(weekday, _minutes(opens), _minutes(closes))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def hours(*spans: Span, zone: str = BERLIN, holidays: tuple[str, ...] = ()) -> BusinessHours:
    return BusinessHours(zone, spans, tuple(Holiday(date.fromisoformat(day)) for day in holidays))


def at(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    """A time of the zone's clock; where the clock shows it twice, `fold` 1 is the second one."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


WEEK = tuple(span(day, *times) for day in range(5) for times in (("09:00", "12:00"), ("13:00", "17:30")))
OFFICE = hours(*WEEK, holidays=("2026-12-25", "2026-12-28"))


# The 23rd of November 2026 is a Monday.
@pytest.mark.parametrize(
    ("now", "is_open", "closed_since", "opens"),
    [
        pytest.param("2026-11-23 08:59:59", False, "2026-11-20 17:30", "2026-11-23 09:00", id="a moment before"),
        pytest.param("2026-11-23 09:00", True, None, None, id="it opens"),
        pytest.param("2026-11-23 11:59:59", True, None, None, id="until noon"),
        pytest.param("2026-11-23 12:00", False, "2026-11-23 12:00", "2026-11-23 13:00", id="it closes for lunch"),
        pytest.param("2026-11-23 17:29", True, None, None, id="the last minute"),
        pytest.param("2026-11-23 23:00", False, "2026-11-23 17:30", "2026-11-24 09:00", id="in the evening"),
        pytest.param("2026-11-28 12:00", False, "2026-11-27 17:30", "2026-11-30 09:00", id="weekend"),
        pytest.param("2026-12-25 10:00", False, "2026-12-24 17:30", "2026-12-29 09:00", id="holidays and a weekend"),
        pytest.param("2026-12-28 10:00", False, "2026-12-24 17:30", "2026-12-29 09:00", id="one closed period"),
        pytest.param("2026-12-29 10:00", True, None, None, id="after the holidays"),
    ],
)
def test_office(now: str, is_open: bool, closed_since: str | None, opens: str | None) -> None:
    assert OFFICE.is_open(at(now)) == is_open
    if closed_since is not None and opens is not None:
        assert OFFICE.closed_since(at(now)) == at(closed_since)
        assert OFFICE.opens_after(at(now)) == at(opens)


NIGHT = hours(span(FRIDAY, "22:00", "02:00"), span(SATURDAY, "22:00", "00:00"), span(SUNDAY, "00:00", "03:00"))


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        pytest.param("2026-11-27 21:59", False, id="before"),
        pytest.param("2026-11-27 23:59", True, id="before midnight"),
        pytest.param("2026-11-28 00:00", True, id="at midnight"),
        pytest.param("2026-11-28 01:59", True, id="after midnight"),
        pytest.param("2026-11-28 02:00", False, id="closed"),
        pytest.param("2026-11-29 00:00", True, id="one follows on another at midnight"),
        pytest.param("2026-11-29 02:59", True, id="until three"),
        pytest.param("2026-11-29 03:00", False, id="closed at three"),
    ],
)
def test_over_midnight(now: str, is_open: bool) -> None:
    assert NIGHT.is_open(at(now)) == is_open


def test_evening_before_a_holiday_goes_on_and_that_of_the_holiday_does_not_begin() -> None:
    night = hours(*(span(day, "22:00", "02:00") for day in range(7)), holidays=("2026-12-25",))

    assert night.is_open(at("2026-12-25 01:59"))
    assert not night.is_open(at("2026-12-25 23:00"))
    assert not night.is_open(at("2026-12-26 01:00"))
    assert night.is_open(at("2026-12-26 22:00"))


def test_always_open_is_never_closed() -> None:
    always = hours(*(span(day, "00:00", "24:00") for day in range(7)))

    assert all(always.is_open(at("2026-03-28 00:00") + timedelta(minutes=7 * n)) for n in range(600))
    assert always.open_time(at("2026-03-28 00:00"), at("2026-03-31 00:00")) == timedelta(hours=71)


def test_whole_day_that_begins_at_nine() -> None:
    day = hours(span(MONDAY, "09:00", "09:00"))

    assert day.is_open(at("2026-11-24 08:59"))
    assert not day.is_open(at("2026-11-24 09:00"))
    assert day.closed_since(at("2026-11-25 00:00")) == at("2026-11-24 09:00")


# In Berlin the clock goes from 2:00 to 3:00 on the 29th of March 2026, and from 3:00 to 2:00 on the 25th of October.
@pytest.mark.parametrize(
    ("spans", "since", "until", "open_time"),
    [
        pytest.param(
            [span(SUNDAY, "01:00", "04:00")], "2026-03-29 00:00", "2026-03-30 00:00", 120, id="skipped: over it"
        ),
        pytest.param(
            [span(SUNDAY, "02:30", "04:00")], "2026-03-29 00:00", "2026-03-30 00:00", 60, id="skipped: begins in it"
        ),
        pytest.param(
            [span(SUNDAY, "01:00", "02:30")], "2026-03-29 00:00", "2026-03-30 00:00", 60, id="skipped: ends in it"
        ),
        pytest.param(
            [span(SUNDAY, "02:10", "02:50")], "2026-03-29 00:00", "2026-03-30 00:00", 0, id="skipped: within it"
        ),
        pytest.param(
            [span(SATURDAY, "22:00", "06:00")], "2026-03-28 00:00", "2026-03-30 00:00", 420, id="skipped: a night"
        ),
        pytest.param([span(SUNDAY, "09:00", "17:00")], "2026-03-29 00:00", "2026-03-30 00:00", 480, id="skipped: day"),
        pytest.param(
            [span(SUNDAY, "01:00", "04:00")], "2026-10-25 00:00", "2026-10-26 00:00", 240, id="twice: over it"
        ),
        pytest.param(
            [span(SUNDAY, "02:30", "04:00")], "2026-10-25 00:00", "2026-10-26 00:00", 150, id="twice: begins in it"
        ),
        pytest.param(
            [span(SUNDAY, "01:00", "02:30")], "2026-10-25 00:00", "2026-10-26 00:00", 90, id="twice: ends in it"
        ),
        pytest.param(
            [span(SUNDAY, "02:10", "02:50")], "2026-10-25 00:00", "2026-10-26 00:00", 40, id="twice: within it"
        ),
        pytest.param([span(SUNDAY, "09:00", "17:00")], "2026-10-25 00:00", "2026-10-26 00:00", 480, id="twice: day"),
    ],
)
def test_clock_that_is_put_forward_and_back(spans: list[Span], since: str, until: str, open_time: int) -> None:
    open_hours = hours(*spans)

    assert open_hours.open_time(at(since), at(until)) == timedelta(minutes=open_time)


def test_it_opens_when_the_clock_skips_its_time() -> None:
    assert hours(span(SUNDAY, "02:30", "04:00")).opens_after(at("2026-03-29 01:00")) == at("2026-03-29 03:00")


def test_time_that_the_clock_shows_twice() -> None:
    night = hours(span(SUNDAY, "01:00", "02:30"))

    assert night.is_open(at("2026-10-25 02:29"))
    assert not night.is_open(at("2026-10-25 02:29", fold=1))
    assert night.closed_since(at("2026-10-25 02:29", fold=1)) == at("2026-10-25 02:30")


def test_midnight_that_the_clock_skips() -> None:
    # In Beirut the clock went from 0:00 to 1:00 on the 26th of March 2023 (as tzdata has it, three days late).
    beirut = hours(*(span(day, "00:00", "08:00") for day in range(7)), zone="Asia/Beirut")
    first = beirut.opens_after(at("2023-03-25 12:00", "Asia/Beirut"))

    assert first is not None
    assert first.astimezone(ZoneInfo("Asia/Beirut")).hour in (0, 1)


def test_day_that_a_clock_skips() -> None:
    # Samoa had no 30th of December 2011, a Friday.
    apia = hours(span(THURSDAY, "09:00", "17:00"), span(FRIDAY, "09:00", "17:00"), zone="Pacific/Apia")
    since, until = at("2011-12-29 00:00", "Pacific/Apia"), at("2012-01-01 00:00", "Pacific/Apia")

    assert apia.open_time(since, until) == timedelta(hours=8)


def test_half_hours_of_a_zone() -> None:
    kathmandu = hours(span(MONDAY, "09:00", "17:00"), zone="Asia/Kathmandu")

    assert kathmandu.is_open(datetime(2026, 11, 23, 3, 15, tzinfo=UTC))
    assert not kathmandu.is_open(datetime(2026, 11, 23, 3, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        pytest.param("2026-11-23 09:00", 60, "2026-11-23 10:00", id="while it is open"),
        pytest.param("2026-11-23 11:30", 60, "2026-11-23 13:30", id="over lunch"),
        pytest.param("2026-11-23 11:00", 60, "2026-11-23 12:00", id="just before lunch"),
        pytest.param("2026-11-27 17:00", 60, "2026-11-30 09:30", id="over the weekend"),
        pytest.param("2026-11-28 12:00", 60, "2026-11-30 10:00", id="from the weekend"),
        pytest.param("2026-12-24 17:00", 60, "2026-12-29 09:30", id="over holidays"),
        pytest.param("2026-11-23 09:00", 450 * 10, "2026-12-04 17:30", id="two weeks"),
        pytest.param("2026-11-28 12:00", 0, "2026-11-30 09:00", id="at once, when it opens"),
    ],
)
def test_when_so_much_time_has_passed(since: str, minutes: int, due: str) -> None:
    assert OFFICE.add(at(since), timedelta(minutes=minutes)) == at(due)


def test_what_never_comes() -> None:
    days = tuple((date(2026, 11, 1) + timedelta(days=n)).isoformat() for n in range(400))
    closed = hours(span(SATURDAY, "09:00", "17:00"), holidays=days)
    now = at("2027-11-23 09:00")

    assert closed.opens_after(at("2026-11-02 09:00")) is None
    assert closed.closed_since(now) == at("2026-10-31 17:00")
    assert closed.add(at("2026-11-02 09:00"), timedelta(minutes=1)) is None


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "UTC"]),
    spans=st.lists(
        st.builds(Span, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=4
    ),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    minutes=st.integers(0, 5000),
)
def test_questions_agree_with_each_other(zone: str, spans: list[Span], start: datetime, minutes: int) -> None:
    open_hours = BusinessHours(zone, tuple(spans))
    wanted = timedelta(minutes=minutes)

    due = open_hours.add(start, wanted)
    if due is None:
        assert open_hours.open_time(start, start + timedelta(days=390)) < wanted
    else:
        assert open_hours.open_time(start, due) == wanted
    if not open_hours.is_open(start):
        since, opens = open_hours.closed_since(start), open_hours.opens_after(start)
        assert since is not None
        assert opens is not None
        assert since <= start < opens
        assert open_hours.open_time(since, opens) == timedelta(0)
        assert open_hours.is_open(opens)
        assert open_hours.closed_since(opens - timedelta(microseconds=1)) == since


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        pytest.param(hours(*WEEK, zone="Europe/Atlantis"), "time_zone", id="no such zone"),
        pytest.param(hours(*WEEK, zone=""), "time_zone", id="no zone"),
        pytest.param(hours(*WEEK, zone="../../etc/passwd"), "time_zone", id="a path"),
        pytest.param(hours(*WEEK, zone="Europe"), "time_zone", id="a folder"),
        pytest.param(hours(*WEEK, zone="localtime"), "time_zone", id="whatever the machine has"),
        pytest.param(hours(*WEEK, zone="Europe/Berlin\0"), "time_zone", id="a NUL"),
        pytest.param(hours(*WEEK, zone="x" * 5000), "time_zone", id="endless"),
        pytest.param(hours(), "spans", id="never open"),
        pytest.param(hours(*(span(0, "09:00", "10:00"),) * 51), "spans", id="51 spans"),
        pytest.param(hours(*WEEK, holidays=("2026-01-01",) * 401), "holidays", id="401 holidays"),
        pytest.param(BusinessHours(BERLIN, WEEK, (Holiday(date(2026, 1, 1), "x" * 101),)), "holidays", id="long name"),
    ],
)
def test_hours_that_are_none(bad: BusinessHours, field: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        require_hours(bad)
    assert caught.value.field == f"business_hours.{field}"


def test_hours_that_are_good() -> None:
    require_hours(OFFICE)
    require_hours(hours(*WEEK, zone="UTC"))

"""Durations and points in time, as people write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import tzset

import pytest
from google.protobuf.duration_pb2 import Duration

from client.words.times import (
    duration_from_text,
    duration_text,
    future_time_from_text,
    past_time_from_text,
    time_text,
)

# Sets where people are, for one test.
Be = Callable[[str], None]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def be_at() -> Iterator[Be]:
    with pytest.MonkeyPatch.context() as changed:

        def be(zone: str) -> None:
            changed.setenv("TZ", zone)
            tzset()

        yield be
    tzset()


@pytest.mark.parametrize(
    ("text", "seconds"), [("7d", 604_800), ("36h", 129_600), ("90m", 5400), ("7D", 604_800), ("off", 0), ("0", 0)]
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert duration_from_text(text).seconds == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1w", "7 d", "1.5h", "1234567d"])
def test_what_is_no_duration_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 7d"):
        duration_from_text(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(604_800, "7d"), (129_600, "36h"), (5400, "90m"), (61, "61 s"), (0, "off")]
)
def test_a_duration_is_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert duration_text(Duration(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("36h", datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 16, 12, 0, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T18:00", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("2026-01-31T18:00+01:00", datetime(2026, 1, 31, 17, 0, tzinfo=UTC)),
        ("2026-01-31 18:00Z", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("2026-01-31 19:00+01:00", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("  2026-01-31  13:00-05:00 ", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("2026-01-31 18:00 UTC", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("2026-01-31 19:00 +0100", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("2026-01-31T18:00:00.123456789Z", datetime(2026, 1, 31, 18, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_a_past_time_is_read(text: str, time: datetime, be_at: Be) -> None:
    be_at("UTC")

    assert past_time_from_text(text, NOON) == time


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "write a time such as"),
        ("", "write a time"),
        (" ", "write a time"),
        ("2026-01-31 at 18:00", "write a time"),
        ("2026-11-24T12:01Z", "still to come"),
    ],
)
def test_what_is_no_past_time_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        past_time_from_text(text, NOON)


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("UTC", "2026-07-01 16:30Z"),
        ("America/New_York", "2026-07-01 12:30-04:00"),
        ("Asia/Kolkata", "2026-07-01 22:00+05:30"),
        ("Asia/Kathmandu", "2026-07-01 22:15+05:45"),
    ],
)
def test_a_time_that_is_written_can_be_read(zone: str, written: str, be_at: Be) -> None:
    time = datetime(2026, 7, 1, 16, 30, 59, tzinfo=UTC)
    be_at(zone)

    assert time_text(time) == written
    assert past_time_from_text(time_text(time), NOON) == time.replace(second=0)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("90m", datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 30, 12, 0, tzinfo=UTC)),
        ("18:00", datetime(2026, 11, 23, 18, 0, tzinfo=UTC)),
        ("9:05", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        ("12:00", datetime(2026, 11, 24, 12, 0, tzinfo=UTC)),
        ("2026-12-31T18:00Z", datetime(2026, 12, 31, 18, 0, tzinfo=UTC)),
        ("2026-12-31 19:00+01:00", datetime(2026, 12, 31, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_time_to_come_is_read(text: str, time: datetime, be_at: Be) -> None:
    be_at("UTC")

    assert future_time_from_text(text, NOON) == time


def test_a_time_without_a_zone_is_that_of_where_people_are(be_at: Be) -> None:
    be_at("Europe/Berlin")

    assert future_time_from_text("14:00", NOON) == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert future_time_from_text("2026-12-31T18:00", NOON) == datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert past_time_from_text("2026-07-01T18:00", NOON) == datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
    assert past_time_from_text("2026-07-01", NOON) == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="write a time"):
        past_time_from_text("0001-01-01", NOON)
    assert past_time_from_text("2026-07-01T18:00Z", NOON) == datetime(2026, 7, 1, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("25:00", "write a time"),
        ("soon", "write a time"),
        ("0m", "is over"),
    ],
)
def test_what_is_no_time_to_come_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        future_time_from_text(text, NOON)

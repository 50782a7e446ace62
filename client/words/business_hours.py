"""Business hours as people write them: `Mon-Fri 09:00-12:00 13:00-17:30`."""

import re
from collections.abc import Iterator, Sequence

from keva.ticket.v1 import business_hours_pb2 as pb

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY_DAY = "daily"
_TIMES = re.compile(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)", re.ASCII)
_HOW = "write it like Mon-Fri 09:00-12:00 13:00-17:30, Sat,Sun 10:00-14:00 or daily 22:00-06:00"


def spans_from_text(text: str) -> list[pb.OpenSpan]:
    """Days and their spans. Raises ValueError, which says how to write it."""
    days, *times = text.split() or [""]
    matches = [_TIMES.fullmatch(time) for time in times]
    weekdays = list(_weekdays(days))
    if not weekdays or not matches or None in matches:
        raise ValueError(_HOW)
    clocks = [(match[1].zfill(5), match[2].zfill(5)) for match in matches if match]
    return [pb.OpenSpan(weekday=day, opens=opens, closes=closes) for day in weekdays for opens, closes in clocks]


def _weekdays(text: str) -> Iterator["pb.Weekday.ValueType"]:
    if text.lower() == _EVERY_DAY:
        text = f"{_DAYS[0]}-{_DAYS[-1]}"
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = _day(first), _day(last or first)
        # Fri-Mon goes over the end of the week.
        for number in range(begin, end + 1 if begin <= end else end + 8):
            yield pb.Weekday.values()[number % 7 + 1]


def _day(text: str) -> int:
    name = text.strip().capitalize()[:3]
    if name not in _DAYS or not text.isalpha():
        raise ValueError(_HOW)
    return _DAYS.index(name)


def hours_text(hours: pb.BusinessHours) -> list[str]:
    """A line per run of days with the same spans, such as `Mon-Fri 09:00-17:30`."""
    by_day = {
        number: " ".join(
            f"{span.opens}-{span.closes}"
            for span in sorted(hours.spans, key=lambda span: span.opens)
            if span.weekday == number + 1
        )
        for number in range(7)
    }
    lines: list[tuple[int, int, str]] = []
    for number, times in by_day.items():
        if lines and lines[-1][1] == number - 1 and lines[-1][2] == times:
            lines[-1] = (lines[-1][0], number, times)
        elif times:
            lines.append((number, number, times))
    return [f"{_run(first, last)} {times}" for first, last, times in lines]


def _run(first: int, last: int) -> str:
    return _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"


def holiday_from_text(text: str) -> pb.Holiday:
    """`2026-12-25`, or `2026-12-25 Christmas`."""
    day, _, name = text.strip().partition(" ")
    return pb.Holiday(date=day, name=name.strip())


def holidays_text(holidays: Sequence[pb.Holiday]) -> str:
    """In their order, by commas."""
    ordered = sorted(holidays, key=lambda holiday: holiday.date)
    return ", ".join(f"{holiday.date} {holiday.name}".strip() for holiday in ordered)

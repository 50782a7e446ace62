"""Durations and points in time, as people write them. A time is one of where they are, unless a zone is given."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from google.protobuf.duration_pb2 import Duration

_UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_HOUR_AND_MINUTE = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_NUMBER_AND_UNIT = re.compile(r"([0-9]{1,6})([mhd])")


def duration_text(duration: Duration) -> str:
    """`7d`, `36h` or `90m`, in the largest unit that fits; `off` for none."""
    for unit, seconds in reversed(_UNIT_SECONDS.items()):
        if duration.seconds and duration.seconds % seconds == 0:
            return f"{duration.seconds // seconds}{unit}"
    return f"{duration.seconds} s" if duration.seconds else "off"


def duration_from_text(text: str) -> Duration:
    """`7d`, `36h`, `90m`, or `off` and `0` for none. Raises ValueError, which says how to write it."""
    if text.lower() in ("off", "0"):
        return Duration()
    seconds = _seconds(text)
    if seconds is None:
        raise ValueError("write it like 7d, 36h or 90m, or off")
    return Duration(seconds=seconds)


def length_text(duration: Duration) -> str:
    """`45 s`, `4 m`, `1 h 20 m` or `3 d 4 h`: how long something took."""
    seconds = duration.seconds
    for unit, smaller in ("d", "h"), ("h", "m"):
        long, short = _UNIT_SECONDS[unit], _UNIT_SECONDS[smaller]
        if seconds >= long:
            rest = seconds % long // short
            return f"{seconds // long} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{seconds // 60} m" if seconds >= _UNIT_SECONDS["m"] else f"{seconds} s"


def time_text(time: datetime) -> str:
    """`2026-01-31 18:00Z`, or `2026-01-31 19:00+01:00` where people are not at UTC: to the minute, as
    `past_time_from_text` reads it."""
    return time.astimezone().isoformat(" ", "minutes").replace("+00:00", "Z")


def past_time_from_text(text: str, now: datetime) -> datetime:
    """`36h`, `7d` or `90m` ago, or a date or time by ISO 8601, of where people are unless it says otherwise; spaces may
    be between date, time and zone. Raises ValueError, which says how to write it."""
    seconds = _seconds(text)
    try:
        time = _time(text) if seconds is None else now - timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        raise ValueError("write a time such as 2026-01-31, 2026-01-31T18:00, 2026-01-31T18:00Z, 36h or 7d") from None
    if time > now:
        raise ValueError("that time is still to come")
    return time


def past_date_from_text(text: str, today: date) -> date:
    """`7d` ago, or a date by ISO 8601. Raises ValueError, which says how to write it."""
    match = _NUMBER_AND_UNIT.fullmatch(text.lower())
    try:
        if match and match[2] == "d":
            return today - timedelta(days=int(match[1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError("write a date such as 2026-01-31, or 7d") from None


def _time(text: str) -> datetime:
    return datetime.fromisoformat("".join(_parts(text))).astimezone(UTC)


def future_time_from_text(text: str, now: datetime) -> datetime:
    """`90m`, `36h` or `7d` from now, or a date and time by ISO 8601, of where people are unless it says otherwise; a
    time alone is the next one. Raises ValueError, which says how to write it."""
    seconds = _seconds(text)
    try:
        after = now + timedelta(seconds=seconds) if seconds is not None else _next(text, now)
        found = after.astimezone(UTC) if after else _time(text)
    except (ValueError, OverflowError):
        raise ValueError("write a time such as 18:00, 2026-01-31T18:00, 2026-01-31T18:00Z, 90m, 36h or 7d") from None
    if found <= now:
        raise ValueError("that time is over")
    return found


def _next(text: str, now: datetime) -> datetime | None:
    """The next time of that hour and minute, where people are; None when more is said."""
    if _HOUR_AND_MINUTE.fullmatch(text) is None:
        return None
    here = now.astimezone()
    today = datetime.fromisoformat(f"{here.date()}T{text.zfill(5)}").astimezone()
    return today if today > now else (today.replace(tzinfo=None) + timedelta(days=1)).astimezone()


def _parts(text: str) -> Iterator[str]:
    """Date, time and zone without what is between them, but the T."""
    date, *others = text.split()
    yield date
    if others:
        yield "T" if "T" not in date else ""
        yield from ("Z" if part == "UTC" else part for part in others)


def _seconds(text: str) -> int | None:
    match = _NUMBER_AND_UNIT.fullmatch(text.lower())
    return int(match[1]) * _UNIT_SECONDS[match[2]] if match else None

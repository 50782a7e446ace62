"""The time zone of who reads a page: a script leaves its name in a cookie. Whoever runs no scripts reads UTC."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from client.words.language import say

COOKIE = "keva-zone"
_LONGEST_NAME = 64
_WEEK = timedelta(days=7)


def zone_named(name: str) -> tzinfo:
    """The zone of that IANA name; UTC for a name that is not known, since anybody can write a cookie."""
    if not name or len(name) > _LONGEST_NAME:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return UTC


def zone_words(zone: tzinfo) -> str:
    """What people call it, beside a field for a time: Europe/Berlin, UTC."""
    return str(getattr(zone, "key", "UTC")).replace("_", " ")


def day_words(day: date, today: date) -> str:
    """`Today`, `Yesterday`, `Monday` within a week, `3 November`, `3 November 2025` of another year."""
    past = today - day
    if past == timedelta(0):
        return say("Today")
    if past == timedelta(days=1):
        return say("Yesterday")
    if timedelta(0) < past < _WEEK:
        return f"{day:%A}"
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def field_time(time: datetime, zone: tzinfo) -> str:
    """For a field of the type datetime-local, in that zone: 2026-11-27T14:05."""
    return time.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def time_of_field(text: str, zone: tzinfo) -> datetime:
    """What such a field was filled in with, in UTC. Raises ValueError, also for a time that is in no year of UTC's."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(error) from error

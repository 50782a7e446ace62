"""Until when people put a ticket aside, in the reader's own day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from client.words.language import say
from console.words.zones import time_of_field

_MORNING_TIME, _EVENING_TIME = time(9), time(18)
_HOUR, _EVENING = "hour", "evening"
_AT = "at:"
NEXT_TEXT = "next-text"


@dataclass(frozen=True)
class Preset:
    """`until` is None for the customer's next text alone."""

    name: str
    words: str
    until: datetime | None

    @property
    def value(self) -> str:
        """What the form sends: the time that stands beside the words, however long the page has been open. An hour has
        none there, and counts from the click."""
        return self.name if self.until is None or self.name == _HOUR else time_value(self.until)


def presets(now: datetime, zone: tzinfo) -> Sequence[Preset]:
    """Those that make sense now, the nearest first."""
    return [p for p in _all(now, zone) if p.name != _EVENING or (p.until and p.until - now > timedelta(hours=1))]


def _all(now: datetime, zone: tzinfo) -> Sequence[Preset]:
    here = now.astimezone(zone)
    tomorrow = here.date() + timedelta(days=1)
    monday = here.date() + timedelta(days=7 - here.weekday())
    return [
        Preset(_HOUR, say("In an hour"), now + timedelta(hours=1)),
        Preset(_EVENING, say("This evening"), datetime.combine(here.date(), _EVENING_TIME, zone)),
        Preset("tomorrow", say("Tomorrow morning"), datetime.combine(tomorrow, _MORNING_TIME, zone)),
        Preset("monday", say("Monday morning"), datetime.combine(monday, _MORNING_TIME, zone)),
        Preset(NEXT_TEXT, say("Until the next text"), None),
    ]


def time_value(until: datetime) -> str:
    """How a form says a time that is not a preset's, to the second."""
    return f"{_AT}{int(until.timestamp())}"


def _time_at(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(error) from error


def until_of(name: str, given: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The time that a form means: that of a preset, or `given`, a field's value. Raises ValueError."""
    for preset in _all(now, zone):
        if preset.name == name:
            return preset.until and preset.until.astimezone(UTC)
    if name.startswith(_AT):
        return _time_at(name.removeprefix(_AT))
    return time_of_field(given, zone)

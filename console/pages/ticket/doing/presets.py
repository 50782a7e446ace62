"""Until when people put a ticket aside, in the reader's own day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from client.words.language import say
from console.words.zones import time_of_field

_MORNING, _EVENING = time(9), time(18)
NEXT_TEXT = "next-text"


@dataclass(frozen=True)
class Preset:
    """`name` is what the form sends; `until` is None for the customer's next text alone."""

    name: str
    words: str
    until: datetime | None


def presets(now: datetime, zone: tzinfo) -> Sequence[Preset]:
    """Those that make sense now, the nearest first."""
    here = now.astimezone(zone)
    tomorrow = here.date() + timedelta(days=1)
    monday = here.date() + timedelta(days=7 - here.weekday())
    evening = datetime.combine(here.date(), _EVENING, zone)
    found = [
        Preset("hour", say("In an hour"), now + timedelta(hours=1)),
        Preset("evening", say("This evening"), evening),
        Preset("tomorrow", say("Tomorrow morning"), datetime.combine(tomorrow, _MORNING, zone)),
        Preset("monday", say("Monday morning"), datetime.combine(monday, _MORNING, zone)),
        Preset(NEXT_TEXT, say("Until the next text"), None),
    ]
    return [preset for preset in found if preset.name != "evening" or evening - now > timedelta(hours=1)]


def _time_at(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(error) from error


def until_of(name: str, given: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The time that a form means: that of a preset, or `given`, a field's value. Raises ValueError."""
    for preset in presets(now, zone):
        if preset.name == name:
            return preset.until and preset.until.astimezone(UTC)
    if name.startswith("at:"):
        return _time_at(name.removeprefix("at:"))
    return time_of_field(given, zone)

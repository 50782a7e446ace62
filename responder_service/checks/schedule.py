"""Which hours go with which days in a text: "Tue to Sat 10 am to 6 pm, Sun noon to 4 pm, closed on Mondays"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from responder_service.checks import clock, days, plain_text
from responder_service.checks.clock import Time
from responder_service.checks.days import Day
from responder_service.checks.figures import has_unit
from responder_service.checks.plain_text import sentences

# Fewer days in a row are a list: "Saturdays and Sundays closed".
_RANGE_DAYS = 2
_AGES = re.compile(
    r"\b(?:ages?|aged|alter|edades|âge)(?: (?:from|of|von|de|\d{1,2} (?:to|bis|a|à) \d{1,2} \w+ \w+ and))?\s\Z"
)
_BEGINS_ANEW = re.compile(r"[,;]\s(?:and|und|y|et|but|aber|pero|mais)?\s?(?:on|am|an|el|los|le|les|au)?\s?\Z")
_IN_THE_AFTERNOON = re.compile(r"p\.?\s?m")
# A time may be 6 am or 6 pm.
Minutes = frozenset[int]


@dataclass(frozen=True)
class Hours:
    """From when until when; without an end it is a single time."""

    begin: Minutes
    end: Minutes = frozenset()

    def holds(self, other: "Hours") -> bool:
        """Whether `other` is these hours, or their beginning or end."""
        if not self.end or not other.end:
            return bool((self.begin | self.end) & other.begin)
        return bool(self.begin & other.begin and self.end & other.end)

    def include(self, minute: int) -> bool:
        """Whether `minute` of a day is within these hours, for certain."""
        return bool(self.end) and max(self.begin) <= minute < min(self.end)


@dataclass(frozen=True)
class Entry:
    """Days and what is said of them: hours, or that they are closed. No days: nothing is said of days."""

    days: frozenset[int]
    hours: tuple[Hours, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True)
class Schedule:
    """All entries of a text."""

    entries: tuple[Entry, ...] = field(default_factory=tuple)

    @property
    def open_days(self) -> frozenset[int]:
        """The days that something is said to happen on."""
        return frozenset[int]().union(*(entry.days for entry in self.entries if not entry.is_closed)) - self.closed_days

    @property
    def closed_days(self) -> frozenset[int]:
        """The days that are said to be closed."""
        return frozenset[int]().union(*(entry.days for entry in self.entries if entry.is_closed))

    @property
    def names_days(self) -> bool:
        """Whether any day is named."""
        return any(entry.days for entry in self.entries)

    def hours_of(self, day: int) -> list[Hours]:
        """The hours of a day; those without a day count for all."""
        return [hours for e in self.entries if not e.is_closed and (day in e.days or not e.days) for hours in e.hours]

    @property
    def holds_on_any_day(self) -> bool:
        """Whether it has hours that are of no day: they hold on those that are not named, too."""
        return any(entry.hours and not entry.days for entry in self.entries)

    @property
    def varies(self) -> bool:
        """Whether the hours of one day are not those of another."""
        return len({tuple(self.hours_of(day)) for day in self.open_days}) > 1


@dataclass
class _Open:
    """An entry that is being read."""

    days: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    hours: list[Hours] = field(default_factory=list)
    is_closed: bool = False
    is_open: bool = False
    begins_with_hours: bool = False

    def done(self) -> Entry:
        return Entry(self.days, tuple(self.hours), self.is_closed)


@lru_cache(maxsize=256)
def schedule(text: str) -> Schedule:
    """What `text` says of days and hours."""
    return Schedule(tuple(entry for sentence in sentences(text) for entry in _entries(sentence)))


def _entries(sentence: str) -> list[Entry]:
    named = [day for day in days.weekdays(sentence) if day.days == days.EVERY_DAY or day in days.restricting(sentence)]
    hours = _hours(sentence, bool(named) or bool(days.opened(sentence)))
    events: list[tuple[int, Day | Hours | bool]] = [(day.start, day) for day in named]
    events += hours
    events += [(start, False) for start in days.closed(sentence)]
    events += [(start, True) for start in days.opened(sentence)]
    ordered = sorted(events, key=lambda event: event[0])
    if named and ordered and isinstance(ordered[0][1], Hours):
        (start, first), *rest = ordered
        joint = plain_text.folded(sentence)[start : named[0].start]
        many = sum(isinstance(event, Hours) for _, event in rest) >= len(named)
        if isinstance(first, Hours) and (many or _BEGINS_ANEW.search(joint)):
            # "By 3 pm, on Saturdays by noon": the first hours are those of all other days.
            return [Entry(frozenset(), (first,)), *_read(event for _, event in rest)]
    return _read(event for _, event in ordered)


def _read(events: Iterable[Day | Hours | bool]) -> list[Entry]:
    found: list[_Open] = [_Open()]
    for event in events:
        current = found[-1]
        if isinstance(event, Day):
            if current.days and (
                (current.hours and not current.begins_with_hours) or (current.is_closed and current.is_open)
            ):
                found.append(current := _Open())
            # Behind a range, a comma begins something else: "Tue to Sun, Mondays closed".
            listed = event.days if len(current.last) > _RANGE_DAYS else current.last | event.days
            current.days, current.last = current.days | event.days, listed
        elif isinstance(event, Hours):
            if current.is_closed or (current.begins_with_hours and current.days):
                found.append(current := _Open())
            current.begins_with_hours = current.begins_with_hours or not current.days
            current.hours.append(event)
        elif event:
            if current.is_closed and current.days:
                found.append(current := _Open())
            current.is_open = True
        else:
            _close(found)
    return [entry.done() for entry in found if entry.days or entry.hours]


def _close(found: list[_Open]) -> None:
    """Reads that something is closed: the days just named, when those before are open, else those to come."""
    current = found[-1]
    if current.days and not current.hours and current.last != current.days:
        current.days -= current.last
        found.append(_Open(days=current.last, last=current.last, is_closed=True))
    elif current.hours or (current.days and current.is_open):
        found.append(_Open(is_closed=True))
    else:
        current.is_closed = True


def _hours(sentence: str, among_days: bool) -> list[tuple[int, Day | Hours | bool]]:
    """Hours with where they begin; bare numbers are times only beside days."""
    found: list[tuple[int, Day | Hours | bool]] = []
    plain, times = clock.clock_text(sentence), clock.times(sentence)
    while times:
        first, *times = times
        is_age = _AGES.search(plain[: first.start]) is not None
        joined = times and not is_age and clock.joins_times(plain[first.end : times[0].start])
        if joined and _are_times(first, times[0], among_days and not has_unit(plain[times[0].end :])):
            second, *times = times
            shares_half = _IN_THE_AFTERNOON.search(plain[second.start : second.end]) is not None
            found.append((first.start, _fitted(first, second, shares_half)))
        elif first.sure:
            found.append((first.start, Hours(first.minutes)))
    return found


def _are_times(first: Time, second: Time, among_days: bool) -> bool:
    return (first.sure and second.sure) or among_days


def _fitted(first: Time, second: Time, shares_half: bool) -> Hours:
    """The hours from the first to the second: "10 to 6" ends in the evening, and "4 to 5:30 pm" begins in the
    afternoon, where it can."""
    pairs = [(a, b) for a in first.minutes for b in second.minutes if a < b]
    if not pairs:
        return Hours(first.minutes, second.minutes)
    if shares_half:
        begin, end = max(pairs)
        return Hours(frozenset([begin]), frozenset([end]))
    sure = [(a, b) for a, b in pairs if b - a <= 14 * 60] or pairs
    begin, end = min(sure, key=lambda pair: (abs(pair[0] - 9 * 60), pair[1]))
    return Hours(frozenset([begin]), frozenset([end]))

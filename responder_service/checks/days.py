"""Days in a text: days of the week, dates, "tomorrow"."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from responder_service.checks.plain_text import folded
from responder_service.data.reading import Fragments, Table, Words, longest_word, read
from responder_service.language.folding import FoldedWords, fold

EVERY_DAY = frozenset(range(7))


class _Clock(Table):
    noon: Words
    midnight: Words
    marks: Fragments
    morning: Words
    evening: Words


class _Days(Table):
    clock: _Clock
    days: Annotated[tuple[FoldedWords, ...], Field(min_length=7, max_length=7)]
    also_words: FoldedWords
    joints: Words
    weekdays: Words
    weekends: Words
    all_week: Words
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]
    short_months: Annotated[Words, Field(min_length=12, max_length=12)]
    also_verbs: Words
    relative: dict[int, Words]
    tomorrow_unless_after: dict[str, Words]
    now: Words
    not_every: Words
    open: Words
    closes: Words
    closed: Words
    holidays: Words


_tables = read("days.yaml", _Days)
# The words of times of day, for clock.py.
CLOCK = _tables.clock
_DAY = {name: index for index, names in enumerate(_tables.days) for name in names}
_SHORT = frozenset(_tables.also_words)
_LONG_DAYS = frozenset(_DAY) - _SHORT
_LONG_DAY = longest_word(sorted(_LONG_DAYS))
_ANY_DAY = longest_word(_DAY)
_TIME = r"\d{1,2}(?:[:.]\d{2})?\s?(?:h|uhr|am|pm|a\.m|p\.m|-|–|to\b|a\b|à\b|bis\b)"
_JOINT = rf"\s?(?:-|/|{longest_word(_tables.joints)})\s?"
_AND = r"(?:,\s?|\s?(?:and|und|y|e|et|&|/|\+)\s?){1,2}"
_RANGE = re.compile(
    rf"(?<!\w)(?P<first>{_ANY_DAY})\.?{_JOINT}(?:(?:el|le|la|den|the)\s)?(?P<last>{_ANY_DAY})(?:s|en)?\b"
)
_NAMED = re.compile(
    rf"(?<!\w)(?:(?P<long>{_LONG_DAY})(?:s|en|abend|vormittag|nachmittag)?|(?P<short>{_ANY_DAY})\.?(?=,?\s?(?:{_TIME}|{longest_word(_tables.closed)}|{_AND}{_ANY_DAY}\b)))(?!\w)"
)
_PHRASES = (
    (re.compile(rf"(?<!\w)(?:{longest_word(_tables.all_week)})(?!\w)"), EVERY_DAY),
    (re.compile(rf"(?<!\w)(?:{longest_word(_tables.weekdays)})(?!\w)"), frozenset(range(5))),
    (re.compile(rf"(?<!\w)(?:{longest_word(_tables.weekends)})(?!\w)"), frozenset([5, 6])),
)
_MONTH = {fold(name): index for index, names in enumerate(_tables.months, 1) for name in names}
_SHORT_MONTH = {name: index for index, name in enumerate(_tables.short_months, 1)}
_MONTH_NAME = longest_word({**_MONTH, **_SHORT_MONTH})
_DATE = re.compile(
    rf"(?<![\w.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s(?:of\s|de\s)?(?P<month>{_MONTH_NAME})(?!\w)"
    rf"|(?<!\w)(?P<month2>{_MONTH_NAME})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)"
    r"|(?<![\w.,$€£])(?P<day3>0?[1-9]|[12]\d|3[01])\.(?P<month3>0?[1-9]|1[0-2])\.(?:\d{2,4})?(?!\d)"
)
_MONTH_ALONE = re.compile(
    rf"(?:(?<=\bin\s)|(?<=\bim\s)|(?<=\ben\s))(?P<verb>{longest_word(fold(word) for word in _tables.also_verbs)})(?!\w)"
    rf"|(?<!\w){longest_word(set(_MONTH) - {fold(word) for word in _tables.also_verbs})}(?!\w)"
)
_RELATIVE = [
    (re.compile(rf"(?<!\w)(?:{longest_word(words)})(?!\w)"), offset) for offset, words in _tables.relative.items()
]
_MANANA = re.compile(r"(?<!\w)(?<!la )(?<!esta )mañana(?!\w)")
_NOW = re.compile(rf"(?<!\w)(?:{longest_word(_tables.now)})(?!\w)")
_NOT_EVERY = re.compile(rf"(?<!\w)(?:{longest_word(_tables.not_every)})\s(?:\w+\s){{0,1}}(?:{_LONG_DAY})")
_OPEN = re.compile(rf"(?<!\w)(?:{longest_word(_tables.open)})(?!\w)")
_CLOSED = re.compile(rf"(?<!\w)(?:{longest_word(_tables.closed)})(?!\w)")


@dataclass(frozen=True)
class Day:
    """Days of the week, 0 being Monday, where they stand in a text."""

    start: int
    end: int
    days: frozenset[int]


def weekdays(text: str) -> list[Day]:
    """The days of the week that `text` names, in their order: "Mon to Fri" names five."""
    plain = _bare(text)
    found = [
        Day(m.start(), m.end(), _range(_DAY[m.group("first")], _DAY[m.group("last")])) for m in _RANGE.finditer(plain)
    ]
    for pattern, days in _PHRASES:
        found += [Day(m.start(), m.end(), days) for m in pattern.finditer(folded(text))]
    taken = list(found)
    for match in _NAMED.finditer(plain):
        if not any(day.start <= match.start() < day.end for day in taken):
            name = match.group("long") or match.group("short")
            found.append(Day(match.start(), match.end(), frozenset([_DAY[name]])))
    return sorted(found, key=lambda day: day.start)


def dates(text: str) -> list[tuple[int, int]]:
    """The dates in `text`, each as month and day; day 0 for a month alone."""
    plain = _bare(text)
    found = []
    for match in _DATE.finditer(plain):
        day = int(match.group("day") or match.group("day2") or match.group("day3"))
        name = match.group("month") or match.group("month2")
        month = _MONTH.get(name) or _SHORT_MONTH[name] if name else int(match.group("month3"))
        if 1 <= day <= 31 and 1 <= month <= 12:
            found.append((month, day))
    rest = _DATE.sub(" ", plain)
    return [*found, *((_MONTH[match.group()], 0) for match in _MONTH_ALONE.finditer(rest))]


def without_dates(text: str) -> str:
    """`text`, folded, with blanks for dates: their numbers are no times."""
    return _DATE.sub(lambda match: " " * len(match.group()), folded(text))


def relative(text: str) -> list[Day]:
    """Where `text` says "tomorrow" and the like: as `days` how many days from today."""
    plain = folded(text)
    found: list[Day] = []
    for pattern, offset in _RELATIVE:
        for match in pattern.finditer(plain):
            if not any(day.start <= match.start() < day.end for day in found):
                found.append(Day(match.start(), match.end(), frozenset([offset])))
    for match in _MANANA.finditer(plain):
        if not any(day.start <= match.start() < day.end for day in found):
            found.append(Day(match.start(), match.end(), frozenset([1])))
    return sorted(found, key=lambda day: day.start)


def says_now(text: str) -> bool:
    """Whether `text` says "now"."""
    return _NOW.search(folded(text)) is not None


def opened(text: str) -> list[int]:
    """Where `text` speaks of being open."""
    return [match.start() for match in _OPEN.finditer(folded(text))]


def closed(text: str) -> list[int]:
    """Where `text` speaks of being closed."""
    return [match.start() for match in _CLOSED.finditer(folded(text))]


def is_irregular(text: str) -> bool:
    """Whether a day of `text` is only some of those days, such as the first Sunday of the month."""
    return _NOT_EVERY.search(_bare(text)) is not None


def is_holiday(day: date) -> bool:
    """Whether usual hours may not hold on `day`."""
    return f"{day:%m-%d}" in _tables.holidays


def is_day(word: str) -> bool:
    """Whether a folded word is a day of the week."""
    return word in _LONG_DAYS or word.removesuffix("s") in _LONG_DAYS


def _bare(text: str) -> str:
    """`text`, folded and without accents, as long as it is with them."""
    return "".join(
        (fold(character) or character)[:1] if character > "\x7f" else character for character in folded(text)
    )


def _range(first: int, last: int) -> frozenset[int]:
    return frozenset((first + i) % 7 for i in range((last - first) % 7 + 1))

"""Days in a text: days of the week, "tomorrow", the second Saturday of the month."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from responder_service.checks.plain_text import bare, folded
from responder_service.data.reading import Fragments, Table, Words, longest_word, read
from responder_service.language.folding import FoldedWords, fold

EVERY_DAY = frozenset(range(7))


class _Clock(Table):
    noon: Words
    midday: Words
    before_midday: Words
    limiting: Words
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
    relative: dict[int, Words]
    tomorrow_unless_after: dict[str, Words]
    now: Words
    not_every: Words
    ordinals: dict[int, Words]
    open: Words
    closes: Words
    closed: Words


_tables = read("days.yaml", _Days)
# The words of times of day, for clock.py.
CLOCK = _tables.clock
_DAY = {name: index for index, names in enumerate(_tables.days) for name in names}
_SHORT = frozenset(_tables.also_words)
_LONG_DAYS = frozenset(_DAY) - _SHORT
_LONG_DAY = longest_word(sorted(_LONG_DAYS))
_ANY_DAY = longest_word(_DAY)
_TIME = r"\d{1,2}(?:[:.]\d{2})?\s?(?:h|uhr|am|pm|a\.m|p\.m|-|–|to\b|a\b|à\b|bis\b)"
_JOINT = rf"(?:\s?[-/]\s?|\s{longest_word(_tables.joints)}\s)"
_AND = r"(?:,\s?|\s?(?:and|und|y|e|et|&|/|\+)\s?){1,2}"
_RANGE = re.compile(
    rf"(?<!\w)(?P<first>{_ANY_DAY})\.?{_JOINT}(?:(?:el|le|la|den|the)\s)?(?P<last>{_ANY_DAY})(?:s|en)?\b"
)
_NAMED = re.compile(
    rf"(?<!\w)(?!so,?\s?\d{{1,2}}(?:[:.]\d{{2}})?\s?[ap]\.?m)(?:(?P<long>{_LONG_DAY})(?:s|en|abend|vormittag|nachmittag)?|(?P<short>{_ANY_DAY})\.?(?=,?\s?(?:{_TIME}|{longest_word(_tables.closed)}|{_AND}{_ANY_DAY}\b)))(?!\w)"
)
# "On any day from Monday to Saturday".
_FROM = "from|of|between|except|but|de|entre|salvo|excepto|du|sauf|von|zwischen|außer"
_PHRASES = (
    (
        re.compile(
            rf"(?<!\w)(?:{longest_word(_tables.all_week)})(?!\w)(?!\s(?:{_FROM})\s(?:(?:the|el|le|la|den|dem)\s)?{_LONG_DAY})"
        ),
        EVERY_DAY,
    ),
    (re.compile(rf"(?<!\w)(?:{longest_word(_tables.weekdays)})(?!\w)"), frozenset(range(5))),
    (re.compile(rf"(?<!\w)(?<!day )(?:{longest_word(_tables.weekends)})(?!\w)"), frozenset([5, 6])),
)
_RELATIVE = [
    (re.compile(rf"(?<!\w)(?:{longest_word(words)})(?!\w)"), offset) for offset, words in _tables.relative.items()
]
_MANANA = re.compile(r"(?<!\w)(?<!la )(?<!esta )mañana(?!\w)")
# Between a day and what day it is, in characters at most.
_LONGEST_IS = 16
_IS = re.compile(
    r"\s?(?:,|\(|is|'s|being|es|est|ist|c'est|on est|nous sommes|wir haben)\s?(?:a|an|un|una|une|ein|el|le|unser)?\s?"
)
_NOW = re.compile(rf"(?<!\w)(?:{longest_word(_tables.now)})(?!\w)")
_NOT_EVERY = re.compile(rf"(?<!\w)(?:{longest_word(_tables.not_every)})\s(?:\w+\s){{0,1}}(?:{_LONG_DAY})")
_ORDINALS = {word: order for order, words in _tables.ordinals.items() for word in map(fold, words)}
_ORDERED = re.compile(rf"(?<!\w)(?P<order>{longest_word(_ORDINALS)})\s(?P<day>{_LONG_DAY})(?:s|en)?(?!\w)")
# Of some languages: "lunes" may be one Monday.
_EVERY = re.compile(
    rf"(?<!\w)(?:every|each|jede[nr]?|cada|todos los|chaque|tous les)\s(?:{_LONG_DAY})"
    r"|\b\w+days\b|\b\w+(?:tags|mittwochs)\b"
)
_ALSO = re.compile(r"\s(?:too|as well|included|incluid[oa]s?|también|aussi|compris(?:es)?|auch|eingeschlossen)(?!\w)")
_OPEN = re.compile(rf"(?<!\w)(?:{longest_word(_tables.open)})(?!\w)")
_AT_TIME = re.compile(r"\s(?:at|a las?|à|um|gegen)\s\d")
_CLOSED = re.compile(rf"(?<!\w)(?:{longest_word(_tables.closed)})(?!\w)")


@dataclass(frozen=True)
class Day:
    """Days of the week, 0 being Monday, where they stand in a text."""

    start: int
    end: int
    days: frozenset[int]


def weekdays(text: str) -> list[Day]:
    """The days of the week that `text` names, in their order: "Mon to Fri" names five."""
    return [*_weekdays(text)]


@lru_cache(maxsize=256)
def _weekdays(text: str) -> tuple[Day, ...]:
    """Read once: each rule asks for them again."""
    plain = bare(text)
    # "So a Friday" is not "Sunday to Friday".
    ranges = [match for match in _RANGE.finditer(plain) if not match.group().startswith("so a ")]
    found = [Day(m.start(), m.end(), _range(_DAY[m.group("first")], _DAY[m.group("last")])) for m in ranges]
    for pattern, days in _PHRASES:
        found += [Day(m.start(), m.end(), days) for m in pattern.finditer(folded(text))]
    taken = list(found)
    for match in _NAMED.finditer(plain):
        if not any(day.start <= match.start() < day.end for day in taken):
            name = match.group("long") or match.group("short")
            found.append(Day(match.start(), match.end(), frozenset([_DAY[name]])))
    return tuple(sorted(found, key=lambda day: day.start))


def restricting(text: str) -> list[Day]:
    """Those of them that say of which days it is: not every day, nor "on weekends too"."""
    plain = folded(text)
    return [day for day in weekdays(text) if day.days != EVERY_DAY and not _ALSO.match(plain[day.end :])]


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


def told(text: str) -> Iterator[tuple[int, int, int, frozenset[int]]]:
    """Where `text` tells what day a day is, "today is Tuesday": from, to, the days from today, the day of the week."""
    for day in relative(text):
        for named in weekdays(text):
            if 0 < named.start - day.end < _LONGEST_IS and _IS.fullmatch(folded(text)[day.end : named.start]):
                yield day.start, named.end, min(day.days), named.days


def says_now(text: str) -> bool:
    """Whether `text` says "now"."""
    return _NOW.search(folded(text)) is not None


def opened(text: str) -> list[int]:
    """Where `text` speaks of being open."""
    return [match.start() for match in _OPEN.finditer(folded(text))]


def closed(text: str) -> list[int]:
    """Where `text` speaks of being closed."""
    plain = folded(text)
    # "We close at 6" says until when it is open.
    return [match.start() for match in _CLOSED.finditer(plain) if not _AT_TIME.match(plain[match.end() :])]


def ordinals(text: str) -> list[tuple[int, int]]:
    """Which days of the month `text` names by their order: (2, 5) is the second Saturday, (-1, 0) the last Monday."""
    plain = bare(text)
    return [(_ORDINALS[match["order"]], _DAY[match["day"]]) for match in _ORDERED.finditer(plain)]


def is_in_order(day: date, orders: Iterable[tuple[int, int]]) -> bool:
    """Whether `day` is one of those days of its month."""
    last = (day + timedelta(days=7)).month != day.month
    number = (day.day - 1) // 7 + 1
    return any(weekday == day.weekday() and (order == number or (order < 0 and last)) for order, weekday in orders)


def is_every(text: str) -> bool:
    """Whether `text` says that it is so in each week: "every Saturday"."""
    return _EVERY.search(bare(text)) is not None


def is_irregular(text: str) -> bool:
    """Whether a day of `text` is only some of those days, such as the first Sunday of the month."""
    return _NOT_EVERY.search(bare(text)) is not None


def is_day(word: str) -> bool:
    """Whether a folded word is a day of the week."""
    return word in _LONG_DAYS or word.removesuffix("s") in _LONG_DAYS


def _range(first: int, last: int) -> frozenset[int]:
    return frozenset((first + i) % 7 for i in range((last - first) % 7 + 1))

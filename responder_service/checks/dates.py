"""Dates in a text, and from which date until which something is."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from responder_service.checks.plain_text import bare, folded
from responder_service.data.reading import Table, Words, longest_word, read
from responder_service.language.folding import fold


class _Dates(Table):
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]
    short_months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]
    also_verbs: Words
    joints: Words
    between: Words
    limiting: Words
    holidays: Words


_tables = read("dates.yaml", _Dates)
_MONTH = {fold(name): index for index, names in enumerate(_tables.months, 1) for name in names}
_SHORT_MONTH = {name: index for index, names in enumerate(_tables.short_months, 1) for name in names}
_MONTH_NAME = longest_word({**_MONTH, **_SHORT_MONTH})
# "6 may be wrong".
_VERB = r"(?<=may)\s(?:be|not|have|also|still|only|come|take|get|go|join|stay|bring|use|share)\b"
_DATE = re.compile(
    rf"(?<![\w.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s(?:of\s|de\s)?(?P<month>{_MONTH_NAME})(?!\w)(?!{_VERB})"
    rf"|(?<!\w)(?P<month2>{_MONTH_NAME})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)"
    r"|(?<![\w.,$€£])(?P<day3>0?[1-9]|[12]\d|3[01])\.(?P<month3>0?[1-9]|1[0-2])\.(?:\d{2,4})?(?!\d)"
)
# "In August, from the 17th to the 30th."
_DAYS_OF_MONTH = re.compile(
    rf"(?<!\w)(?P<month>{_MONTH_NAME})\s?,?\s(?:from\s|between\s)?the\s(?P<first>\d{{1,2}})(?:st|nd|rd|th)"
    r"\s(?:to|until|till|through|and)\s(?:the\s)?(?P<last>\d{1,2})(?:st|nd|rd|th)"
)
# "December 23 to 26."
_UNTIL_DAY = re.compile(
    rf"(?<!\w)(?P<month>{_MONTH_NAME})\.?\s(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|to|until|till|through)\s?(?P<last>\d{{1,2}})"
    r"(?:st|nd|rd|th)?(?![\w:%]|[.,]\d|\s?(?:[ap]\.?m|h|uhr)\b)"
)
_PART_OF_MONTH = (
    r"(?:early|mid|late)[\s-]|(?:end|middle|beginning|start) of\s|(?:ende|mitte|anfang)\s"
    r"|(?:finales|mediados|principios) de\s|(?:fin|mi-|debut)\s?"
)
_EDGES = re.compile(
    r"\b(?:1st|first|last(?: day)?|end|beginning|start) of (?:the |a |each |every |that |any )?(?:\w+ )?"
    r"(?:month|quarter|year)s?\b|\bmonth'?s? end\b|\bmonatsende\b|\bende (?:des|eines|jedes) monats\b"
    r"|\b(?:fin|final|finales|primero|principio) del? mes\b|\bfin (?:de|du) mois\b"
)
_LEAP_YEAR = 2024
_UNTIL_DATE = re.compile(
    rf"\s?(?:-|{longest_word(_tables.joints)})\s(?:(?:the|el|le|den|zum|einschliesslich)\s)?(?:{_PART_OF_MONTH})?|\s?-\s?"
)
_AND = re.compile(r"(?:,\s?|\s?(?:and|und|y|e|et|&)\s?){1,2}")
_BETWEEN = re.compile(rf"(?<!\w)(?:{longest_word(_tables.between)})\s(?:(?:the|el|le|dem)\s)?\Z")
_FIRST_DAY = re.compile(
    rf"(?<![\w.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s?"
    rf"(?:-|{longest_word(_tables.joints)})\s?(?:(?:the|el|le|den|zum)\s)?\Z"
)
_LIMITING = re.compile(
    rf"(?<!\w)(?:{longest_word(_tables.limiting)})\s(?:(?:the|el|le|den|dem|end of|beginning of)\s)*\Z"
)
_MONTH_ALONE = re.compile(
    r"(?:(?<=\bin\s)|(?<=\bim\s)|(?<=\ben\s)|(?<=\bfor\s)|(?<=\bof\s)|(?<=\bsince\s)|(?<=\bfrom\s)|(?<=\bmid[\s-])|(?<=\bearly\s)|(?<=\blate\s)|(?<=\bto\s)|(?<=\buntil\s)|(?<=\bby\s)|(?<=\bsince\s))"
    rf"(?P<verb>{longest_word(fold(word) for word in _tables.also_verbs)})(?!\w)"
    rf"|(?<!\w){longest_word(set(_MONTH) - {fold(word) for word in _tables.also_verbs})}(?!\w)"
)


@dataclass(frozen=True)
class Date:
    """A date where it stands in a text; day 0 for a month alone."""

    start: int
    end: int
    month: int
    day: int

    @property
    def key(self) -> tuple[int, int]:
        """Month and day."""
        return self.month, self.day


@dataclass(frozen=True)
class Season:
    """From one date until another, of any year; day 0 stands for the whole month."""

    first: tuple[int, int]
    last: tuple[int, int]

    def has(self, date: tuple[int, int]) -> bool:
        """Whether `date`, or all of its month, is within."""
        first, last = (self.first[0], self.first[1] or 1), (self.last[0], self.last[1] or 31)
        begin, end = (date[0], date[1] or 1), (date[0], date[1] or 28)
        if first <= last:
            return first <= begin and end <= last
        return begin >= first or end <= last


def dates(text: str) -> list[tuple[int, int]]:
    """The dates in `text`, each as month and day; day 0 for a month alone."""
    return [date.key for date in mentioned(text)]


def mentioned(text: str) -> list[Date]:
    """The dates in `text`, in their order."""
    return [*_mentioned(text)]


@lru_cache(maxsize=256)
def _mentioned(text: str) -> tuple[Date, ...]:
    """Read once: each rule asks for them again."""
    plain = bare(text)
    found = []
    for match in _DATE.finditer(plain):
        day = int(match.group("day") or match.group("day2") or match.group("day3"))
        name = match.group("month") or match.group("month2")
        month = _MONTH.get(name) or _SHORT_MONTH[name] if name else int(match.group("month3"))
        if 1 <= day <= 31 and 1 <= month <= 12:
            found.append(Date(match.start(), match.end(), month, day))
    for match in _DAYS_OF_MONTH.finditer(plain):
        month = _MONTH.get(match["month"]) or _SHORT_MONTH[match["month"]]
        found += [Date(match.start(end), match.end(end), month, int(match[end])) for end in ("first", "last")]
    for match in _UNTIL_DAY.finditer(plain):
        month = _MONTH.get(match["month"]) or _SHORT_MONTH[match["month"]]
        if int(match["first"]) < int(match["last"]) <= 31:
            found.append(Date(match.start("last"), match.end("last"), month, int(match["last"])))
    rest = _DATE.sub(lambda match: " " * len(match.group()), plain)
    found += [Date(m.start(), m.end(), _MONTH[m.group()], 0) for m in _MONTH_ALONE.finditer(rest)]
    return tuple(sorted(found, key=lambda date: date.start))


def on(day: Date, year: int) -> date | None:
    """The day of that date in a year; None for a month alone, and where the month is shorter."""
    try:
        return date(year, day.month, day.day) if day.day else None
    except ValueError:
        return None


def seasons(text: str) -> list[Season]:
    """From which date until which, as far as `text` says so: "from 1 June to 15 September", "May to July"."""
    plain = bare(text)
    found = mentioned(text)
    pairs = [(a, b) for a, b in pairwise(found) if _joins_dates(plain[: a.start], plain[a.end : b.start])]
    ends = [(date, _FIRST_DAY.search(plain[: date.start])) for date in found if date.day]
    within = [Season((date.month, int(first["day"])), date.key) for date, first in ends if first]
    return [*within, *(Season(first.key, last.key) for first, last in pairs)]


def _joins_dates(before: str, between: str) -> bool:
    return _UNTIL_DATE.fullmatch(between) is not None or (
        _BETWEEN.search(before) is not None and _AND.fullmatch(between) is not None
    )


def is_a_limit(text: str, date: Date) -> bool:
    """Whether something begins or ends on this date of `text`."""
    plain = bare(text)
    return _LIMITING.search(plain[: date.start]) is not None or _UNTIL_DATE.match(plain[date.end :]) is not None


def is_edge(month: int, day: int, text: str) -> bool:
    """Whether it is the first or the last day of a month, and `text` speaks of those: "to the end of a month"."""
    last = monthrange(_LEAP_YEAR, month)[1]
    return day in (1, last, last - 1) and _EDGES.search(folded(text)) is not None


def is_rough(text: str, date: Date) -> bool:
    """Whether `text` means only a part of the month of a date: "by mid-January"."""
    return re.search(rf"{_PART_OF_MONTH}\Z", bare(text)[: date.start]) is not None


def without_dates(text: str) -> str:
    """`text`, folded, with blanks for dates: their numbers are not times."""
    plain = _UNTIL_DAY.sub(lambda match: " " * len(match.group()), folded(text))
    return _DATE.sub(lambda match: " " * len(match.group()), plain)


def is_holiday(day: date) -> bool:
    """Whether usual hours may not hold on `day`."""
    return f"{day:%m-%d}" in _tables.holidays

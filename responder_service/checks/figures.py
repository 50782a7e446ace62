"""Numbers, prices, percentages, times, days and dates. A draft may only name those that it was given."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field

from responder_service.checks.plain_text import folded, words
from responder_service.data.reading import Fragments, Table, Words, alternatives, any_word, longest_word, read
from responder_service.language.folding import FoldedWords

_NUMBER = r"\d+(?:[.,:]\d+)*"
_NUMBERS = re.compile(_NUMBER)
_GROUPED = re.compile(r"(\d{1,3}(?:[.,]\d{3})+)([.,]\d{1,2})?")


class _Figures(Table):
    units: dict[Literal["percent", "money", "minute", "hour", "day", "week", "month", "year"], Fragments]
    unit_words: FoldedWords
    between: Words
    one: Fragments
    number_joints: Words
    clock: Words
    twelve: FoldedWords
    numbers: dict[int, Words]
    days: Annotated[tuple[FoldedWords, ...], Field(min_length=7, max_length=7)]
    also_words: FoldedWords
    day_joints: Words
    weekdays: FoldedWords
    weekends: FoldedWords
    all_week: Words
    months: Annotated[tuple[FoldedWords, ...], Field(min_length=12, max_length=12)]
    relative: tuple[Words, ...]


_figures = read("figures.yaml", _Figures)
_KIND = re.compile("|".join(f"(?P<{kind}>{'|'.join(unit)})" for kind, unit in _figures.units.items()))
_UNIT = alternatives(chain.from_iterable(_figures.units.values()))
_BETWEEN = any_word(_figures.between)
_MEASURES = re.compile(
    rf"(?P<sign>[$€£¥₹])?\s?(?P<first>{_NUMBER})"
    rf"(?:\s?(?:-|{any_word(_figures.number_joints)})\s?(?P<sign2>[$€£¥₹])?(?P<second>{_NUMBER}))?"
    rf"(?:[\s-]*{_BETWEEN}?[\s-]*(?P<unit>{_UNIT})(?!\w))?"
)
_CLOCK = re.compile(rf"\b(\d{{1,2}})(?::(\d{{2}}))?\s*(?:([ap])\.?\s?m\b\.?|{any_word(_figures.clock)}\b)?")
# "An hour" in an article is 1 hour in an answer.
_ONE = re.compile(rf"\b{alternatives(_figures.one)}\s(?={_UNIT}(?!\w))")
_MULTIPLES = {("week", "day"): 7, ("day", "hour"): 24, ("year", "month"): 12}
_NUMBER_WORDS = {word: number for number, spellings in _figures.numbers.items() for word in spellings}
_SPELLED = re.compile(rf"\b({longest_word(_NUMBER_WORDS)})(?=[\s-]+(?:{_BETWEEN}[\s-]+)?{_UNIT}(?!\w))")
_DAY = {name: index for index, names in enumerate(_figures.days) for name in names}
# Days only where a day would stand.
_ABBREVIATED = re.compile(rf"\b({any_word(_figures.also_words)})\b(?=\.?\s?(?:[-,&:]|to\b|\d))")
# Bounded: a text may be one word of thousands of letters.
_DAY_RANGE = re.compile(rf"\b([^\W\d_]{{2,12}})\.?\s?(?:-|{any_word(_figures.day_joints)})\s?([^\W\d_]{{2,12}})\b")
_NAMED = {
    name: f"{kind} {index}"
    for kind, table in (("month", _figures.months), ("relative", _figures.relative))
    for index, names in enumerate(table)
    for name in names
}
# Days and months as words, and the halves of the day.
NAMES = frozenset([*_DAY, *(f"{name}s" for name in _DAY), *_NAMED, "am", "pm", "uhr", *_figures.unit_words]).difference(
    _figures.also_words
)


def foreign_figure(text: str, given: str, customer: str) -> bool:
    """Whether `text` has a number, a price, a day or a date that stands neither in `given` nor in the customer's own
    texts. Prices and percentages must stand in `given`: what a customer wishes for is not on offer."""
    known = given + "\n" + customer
    if not set(plain_numbers(text)) <= _known_numbers(known):
        return True
    promised = {measure for measure in measures(text) if measure[1] in ("money", "percent")}
    lasting = measures(text) - promised
    return not (promised <= measures(given) and lasting <= _equal_measures(known) and days(text) <= days(known))


def _spelled(text: str) -> str:
    """`text`, folded, with numbers before units as digits: "two weeks" is "2 weeks"."""
    return _SPELLED.sub(lambda match: str(_NUMBER_WORDS[match.group()]), folded(text))


def plain_numbers(text: str) -> Iterator[str]:
    """The numbers in `text`, each in one spelling."""
    return (_canonical(match.group()) for match in _NUMBERS.finditer(_spelled(text)))


def _canonical(number: str) -> str:
    """One spelling per number: 1,500 is 1500, 5.00 is 5, 09:00 is 9:00, and 9:00 is 9."""
    if ":" in number:
        hour, _, minute = number.partition(":")
        return hour.lstrip("0") or "0" if minute == "00" else f"{hour.lstrip('0') or '0'}:{minute}"
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        number = re.sub(r"[.,]", "", grouped.group(1)) + (grouped.group(2) or "")
    whole, point, fraction = number.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + fraction if fraction else "")


def _known_numbers(known: str) -> set[str]:
    """The numbers, and times of day by the other clock too: 17:00 is 5 pm."""
    found = set(plain_numbers(known))
    spoken = set(words(known))
    found |= {"12", "0"} if spoken.intersection(_figures.twelve) else set()
    found |= {"1"} if _ONE.search(folded(known)) else set()
    for match in _CLOCK.finditer(folded(known)):
        hour, minute, half = int(match.group(1)), match.group(2) or "00", match.group(3)
        if half or match.group(2):
            hours = {hour, hour % 12 + (12 if half == "p" else 0)} if half else {hour, hour % 12 or 12}
            found |= {_canonical(f"{h}:{minute}") for h in hours}
    for number, kind in _equal_measures(known):
        found |= {number} if kind in ("day", "week", "hour", "month", "year") else set()
    return found


def measures(text: str) -> set[tuple[str, str]]:
    """Numbers with what they count: 30 days, 10 percent, 5 of money."""
    found = set()
    for match in _MEASURES.finditer(_spelled(text)):
        sign = match.group("sign") or match.group("sign2")
        unit = _KIND.fullmatch(match.group("unit")) if match.group("unit") else None
        kind = "money" if sign else unit.lastgroup if unit else None
        if kind:
            numbers = [match.group("first"), match.group("second")]
            found |= {(_canonical(number), kind) for number in numbers if number}
    return found


def _equal_measures(text: str) -> set[tuple[str, str]]:
    """The measures of `text` and what they amount to: two weeks are 14 days."""
    found = measures(_ONE.sub("1 ", folded(text)))
    for (large, small), times in _MULTIPLES.items():
        found |= {(str(int(n) * times), small) for n, kind in found if kind == large and n.isdigit()}
        found |= {
            (str(int(n) // times), large) for n, kind in found if kind == small and n.isdigit() and int(n) % times == 0
        }
    return found


def days(text: str) -> set[str]:
    """The days of the week, months and relative days that `text` names; "Mon to Fri" names five."""
    plain = folded(text)
    named = [word for word in words(text) if word not in _figures.also_words] + _ABBREVIATED.findall(plain)
    # Mondays, lundis, montags.
    named += [word.removesuffix("s") for word in words(text) if word.removesuffix("s") not in _figures.also_words]
    found = {f"day {_DAY[word]}" for word in named if word in _DAY}
    found |= {_NAMED[word] for word in named if word in _NAMED}
    for first, last in _DAY_RANGE.findall(plain):
        if first in _DAY and last in _DAY:
            length = (_DAY[last] - _DAY[first]) % 7
            found |= {f"day {(_DAY[first] + i) % 7}" for i in range(length + 1)}
    spoken = set(words(text))
    if spoken.intersection(_figures.weekdays):
        found |= {f"day {i}" for i in range(5)}
    if spoken.intersection(_figures.weekends):
        found |= {"day 5", "day 6"}
    if any(phrase in plain for phrase in _figures.all_week):
        found |= {f"day {i}" for i in range(7)}
    return found

"""The figures of a text: prices, percentages, measures, counts, each with what it is the least or the most of, and
what a price is for. What reads the same is the same: two weeks are 14 days, 1,50 is 1.5."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from responder_service.checks.contacts import without_contacts
from responder_service.checks.plain_text import folded
from responder_service.data.reading import Fragments, Table, Words, alternatives, any_word, longest_word, read

_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?![\d.,]*\d)|\d+(?:[.,]\d+)?"
_GROUPED = re.compile(r"(\d{1,3}(?:[.,' ]\d{3})+)([.,]\d{1,2})?")
_PHONE = re.compile(
    r"\+\d[\d\s().\-/]{6,}\d|\(\d{2,5}\)\s?\d[\d\s.\-/]{4,}\d|\b0\d{1,4}[\s/\-]\d[\d\s\-/]{4,}\d"
    r"|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b|\b\d{3}-\d{4}\b"
)
# A bound stands so near to its figure, in characters.
_NEAR = 24


class _Bounds(Table):
    before: Words
    after: Words


class _Figures(Table):
    units: dict[str, dict[float, Fragments]]
    percent: Fragments
    currencies: dict[str, Fragments]
    one: Fragments
    between: Words
    range_joints: Words
    numbers: dict[int, Words]
    numbers_before_units: dict[int, Words]
    least: _Bounds
    most: _Bounds
    lasting: Words
    rates: dict[str, Fragments]
    per: Words
    adverbs: dict[str, Words]


_tables = read("figures.yaml", _Figures)
_UNITS = [
    (re.compile(alternatives(patterns)), kind, factor)
    for kind, factors in _tables.units.items()
    for factor, patterns in factors.items()
]
_CURRENCIES = [(re.compile(alternatives(patterns)), sign) for sign, patterns in _tables.currencies.items()]
_MONEY = alternatives(p for patterns in _tables.currencies.values() for p in patterns)
_UNIT = alternatives(p for factors in _tables.units.values() for patterns in factors.values() for p in patterns)
_PERCENT = alternatives(_tables.percent)
_BETWEEN = any_word(_tables.between)
_FIGURE = re.compile(
    rf"(?P<sign>{_MONEY})?\s?(?P<first>{_NUMBER})(?:\s?(?:{_MONEY}))?"
    rf"(?:\s?(?:-|{any_word(_tables.range_joints)})\s?(?P<sign2>{_MONEY})?\s?(?P<second>{_NUMBER}))?"
    rf"(?:[\s-]{{0,2}}(?:{_BETWEEN}[\s-])?(?:(?P<money>{_MONEY})|(?P<percent>{_PERCENT})|(?P<unit>{_UNIT}))(?!\w))?"
)
_FIRST_SIGN = re.compile(rf"(?:{_NUMBER})\s?(?P<sign>{_MONEY})(?!\w)")
_ONE = re.compile(rf"\b{alternatives(_tables.one)}\s(?=(?:{_BETWEEN}[\s-])?(?:{_UNIT})(?!\w))")
_NUMBERS = {word: n for table in (_tables.numbers,) for n, words in table.items() for word in words}
_BEFORE_UNITS = {word: n for n, words in _tables.numbers_before_units.items() for word in words}
_SPELLED = re.compile(rf"(?<!\w)(?:{longest_word(_NUMBERS)})(?!\w)")
_SPELLED_BEFORE_UNITS = re.compile(rf"(?<!\w)(?:{longest_word(_BEFORE_UNITS)})(?=[\s-](?:{_UNIT}|{_MONEY})(?!\w))")
# "Up to a weight of 20 kg", "at least the first 3 days".
_OF = r"(?:\s(?:a|an|the|una?|une|einer?)\s\w+\s(?:of|de|von)|\s(?:the|der|den|dem|el|la|los|las|le|les|a|of|is|de))?"
_LASTING = re.compile(rf"(?<!\w){longest_word(_tables.lasting)}\s*\Z")
_LEAST_BEFORE, _MOST_BEFORE = (
    re.compile(rf"(?<!\w){longest_word(bounds.before)}{_OF}\s*\Z") for bounds in (_tables.least, _tables.most)
)
_LEAST_AFTER, _MOST_AFTER = (
    re.compile(rf"\W{{0,2}}(?:\w+\s)?(?:{longest_word(bounds.after)})(?!\w)")
    for bounds in (_tables.least, _tables.most)
)
_RATES = [*_UNITS, *((re.compile(alternatives(patterns)), kind, 1.0) for kind, patterns in _tables.rates.items())]
_RATE_WORD = rf"(?:{_UNIT}|{alternatives(p for patterns in _tables.rates.values() for p in patterns)})"
_RATE = re.compile(
    rf"(?<!\w)(?:/\s?|{longest_word(_tables.per)}\s)(?P<word>{_RATE_WORD})(?![\w'])|(?<=\d)/(?P<short>{_RATE_WORD})(?!\w)"
)
_NAMED_RATE = re.compile(rf"(?<!\w){_RATE_WORD}(?![\w'])")
_ALSO = re.compile(
    rf"(?:\s?(?:and|und|et|y|,|/|&)\s?|\s)(?:{longest_word(_tables.per)}\s)?(?P<word>{_RATE_WORD})(?![\w'])"
)
_ADVERBS = {word: rate for rate, words in _tables.adverbs.items() for word in words}
_ADVERB = re.compile(rf"(?<!\w)(?:{longest_word(_ADVERBS)})(?!\w)")


_EACH = re.compile(rf"\s?(?P<word>{alternatives(_tables.rates['pieces'])})(?!\w)")
_COUNTED = re.compile(rf"(?:\d|{_MONEY}|\bonce|\btwice|\btimes)\s*\Z")


CURRENCIES = frozenset(_tables.currencies)
_TIMES = ("minutes", "seconds", "months", "business_days", "nights")


@dataclass(frozen=True)
class Figure:
    """`value` in base units of `kind`, which is "count" for a number that counts nothing known. `bound` is "least",
    "most" or empty; a range's ends have "from" and "to". `rates` are what a price is for. `lasts` if it says for how
    long."""

    kind: str
    value: float
    bound: str = ""
    rates: frozenset[str] = frozenset()
    lasts: bool = False

    @property
    def is_price(self) -> bool:
        """Whether it is an amount of money or a percentage."""
        return self.kind == "percent" or self.kind in _tables.currencies

    @property
    def takes_time(self) -> bool:
        """Whether it says how long something takes."""
        return self.kind in _TIMES

    @property
    def _is_age(self) -> bool:
        """Whether it may be one: "under 12" is under 12 years."""
        return self.bound in ("least", "most") and self.kind in ("count", "months")

    @property
    def _years(self) -> float:
        return self.value / 12 if self.kind == "months" else self.value

    def is_same(self, other: "Figure") -> bool:
        """Whether both name the same number of the same thing."""
        if self._is_age and other._is_age:
            return self._years == other._years
        return self.kind == other.kind and abs(self.value - other.value) < 1e-6 * max(1.0, abs(other.value))


def figures(text: str) -> list[Figure]:
    """The figures of `text`, in their order; of links and phone numbers none."""
    return list(_read(text))


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[Figure, ...]:
    """Read once: each rule asks for them again."""
    return tuple(_figures(digits(text)))


def digits(text: str) -> str:
    """`text` as figures are read in it: folded, without contacts, numbers in digits."""
    plain = _PHONE.sub(" ", folded(without_contacts(text)))
    plain = _SPELLED_BEFORE_UNITS.sub(lambda match: str(_BEFORE_UNITS[match.group()]), plain)
    return _ONE.sub(_one, _SPELLED.sub(lambda match: str(_NUMBERS[match.group()]), plain))


def _one(match: re.Match[str]) -> str:
    """An hour is 1 hour; €47 a month is a price per month."""
    return match.group() if _COUNTED.search(match.string[: match.start()]) else "1 "


def rates(text: str) -> frozenset[str]:
    """What prices in `text` are for: months, persons, pieces."""
    return frozenset(_rates(folded(text)))


def named_rates(text: str) -> frozenset[str]:
    """What a price might be for, of all that `text` names: children, nights."""
    return frozenset(_rate(match.group()) for match in _NAMED_RATE.finditer(folded(text)))


def _figures(plain: str) -> Iterator[Figure]:
    end = 0
    for match in _FIGURE.finditer(plain):
        before, after = plain[max(end, match.start() - _NEAR) : match.start()], plain[match.end() :]
        end = match.end()
        kind, factor = _kind(match)
        priced = frozenset(_rates_after(after)) if kind in _tables.currencies else frozenset[str]()
        second = match.group("second")
        if second and kind != "count" and _value(second) <= _value(match.group("first")):
            # No range: "Fibre 500 à 39,90 €".
            yield Figure("count", _value(match.group("first")))
            yield Figure(kind, _value(second) * factor, "", priced)
            continue
        bound = "from" if second else _bound(before, after)
        yield Figure(kind, _value(match.group("first")) * factor, bound, priced, _LASTING.search(before) is not None)
        if second:
            yield Figure(kind, _value(second) * factor, "to", priced)


def _kind(match: re.Match[str]) -> tuple[str, float]:
    if match.group("percent"):
        return "percent", 1
    first = _FIRST_SIGN.match(match.string, match.start("first"))
    sign = match.group("sign") or match.group("sign2") or match.group("money") or (first and first.group("sign"))
    if sign:
        return next((name for pattern, name in _CURRENCIES if pattern.fullmatch(sign)), "$"), 1
    unit = match.group("unit")
    return next(((kind, factor) for pattern, kind, factor in _UNITS if unit and pattern.fullmatch(unit)), ("count", 1))


def _value(number: str) -> float:
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        number = re.sub(r"[., ']", "", grouped.group(1)) + (grouped.group(2) or "")
    return float(number.replace(",", "."))


def _bound(before: str, after: str) -> str:
    if _LEAST_BEFORE.search(before) or _LEAST_AFTER.match(after):
        return "least"
    return "most" if _MOST_BEFORE.search(before) or _MOST_AFTER.match(after) else ""


def _rates_after(after: str) -> Iterator[str]:
    """What a price is for, right behind it: per person and night."""
    nearby = re.split(r"[.;:!?](?:\s|\Z)|\d", after, maxsplit=1)[0]
    yield from _rates(nearby)
    if each := _EACH.match(after):
        yield _rate(each.group("word"))


def _rates(plain: str) -> Iterator[str]:
    for match in _ADVERB.finditer(plain):
        yield _ADVERBS[match.group()]
    for match in _RATE.finditer(plain):
        yield _rate(match.group("word") or match.group("short"))
        end = match.end()
        while also := _ALSO.match(plain, end):
            yield _rate(also.group("word"))
            end = also.end()


def _rate(word: str) -> str:
    return next((f"{kind} {factor:g}" for pattern, kind, factor in _RATES if pattern.fullmatch(word)), word)

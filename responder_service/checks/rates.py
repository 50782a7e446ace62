"""Units, currencies, and what a price is for: per person, a month."""

import re
from collections.abc import Iterator

from responder_service.checks.plain_text import folded
from responder_service.data.reading import Fragments, Table, Words, alternatives, longest_word, read


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
    least: _Bounds
    most: _Bounds
    lasting: Words
    rates: dict[str, Fragments]
    per: Words
    strictly_per: Words
    adverbs: dict[str, Words]


TABLES = read("figures.yaml", _Figures)
UNITS = [
    (re.compile(alternatives(patterns)), kind, factor)
    for kind, factors in TABLES.units.items()
    for factor, patterns in factors.items()
]
CURRENCY_SIGNS = [(re.compile(alternatives(patterns)), sign) for sign, patterns in TABLES.currencies.items()]
MONEY = alternatives(p for patterns in TABLES.currencies.values() for p in patterns)
UNIT = alternatives(p for factors in TABLES.units.values() for patterns in factors.values() for p in patterns)
_RATES = [*UNITS, *((re.compile(alternatives(patterns)), kind, 1.0) for kind, patterns in TABLES.rates.items())]
_RATE_WORD = rf"(?:{UNIT}|{alternatives(p for patterns in TABLES.rates.values() for p in patterns)})"
_RATE = re.compile(
    rf"(?<!\w)(?:/\s?|{longest_word(TABLES.per)}\s)(?P<word>{_RATE_WORD})(?![\w'])|(?<=\d)/(?P<short>{_RATE_WORD})(?!\w)"
)
_STRICT_RATE = re.compile(rf"(?<!\w)(?:{longest_word(TABLES.strictly_per)})\s(?P<word>{_RATE_WORD})(?![\w'])")
_NAMED_RATE = re.compile(rf"(?<!\w){_RATE_WORD}(?![\w'])")
_ALSO = re.compile(
    rf"(?:\s?(?:and|und|et|y|,|/|&)\s?|\s)(?:{longest_word(TABLES.per)}\s)?(?P<word>{_RATE_WORD})(?![\w'])"
)
_ADVERBS = {word: rate for rate, words in TABLES.adverbs.items() for word in words}
_ADVERB = re.compile(rf"(?<!\w)(?:{longest_word(_ADVERBS)})(?!\w)")
_EACH = re.compile(rf"\s?(?P<word>{alternatives(TABLES.rates['pieces'])})(?!\w)(?!\s(?:{_RATE_WORD})(?!\w))")
CURRENCIES = frozenset(TABLES.currencies)


def rates(text: str) -> frozenset[str]:
    """What prices in `text` are for: months, persons, pieces."""
    return frozenset(_rates(folded(text)))


def strict_rates(text: str) -> frozenset[str]:
    """The same, of those that cannot be how long something lasts, as "a week" can."""
    return frozenset(_rate(match.group("word")) for match in _STRICT_RATE.finditer(folded(text)))


def named_rates(text: str) -> frozenset[str]:
    """What a price might be for, of all that `text` names: children, nights."""
    return frozenset(_rate(match.group()) for match in _NAMED_RATE.finditer(folded(text)))


def rates_after(after: str) -> Iterator[str]:
    """What a price is for, right behind it: per person and night."""
    nearby, *more = re.split(r"[.;:!?](?:\s|\Z)|(\d)", after, maxsplit=1)
    if more and more[0] and "," in nearby:
        # "€11, for children €6".
        nearby = nearby[: nearby.rindex(",")]
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

"""What amounts of a sentence can be worked out from: the prices of its quotes, numbers of pieces, and which of both the
sentence speaks of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from math import ceil, prod

from responder_service.checks import dates
from responder_service.checks.agreement.belonging import misplaced
from responder_service.checks.agreement.numbers import asked_lengths
from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.denials import limits
from responder_service.checks.figures import CENTS, Figure, digits, figures
from responder_service.checks.plain_text import folded
from responder_service.checks.rates import named_rates, rates
from responder_service.checks.schedule import schedule
from responder_service.checks.wording import akin, content, halves
from responder_service.data.reading import AnyOf, Table, read

# What it comes to, and the price that it is so many times of.
Way = tuple[float, Figure | None]
# More of one thing are a misreading rather than an order by SMS.
_MOST_PIECES = 100
# People may share what is paid for; how often, or for how many months, is not a number of pieces.
_SHARING = {"persons", "adults", "children", "times", "months"}
# A text with more of them is nobody's order, and must not take long.
_MOST_PRICES, _MOST_COUNTS = 12, 8
# What a price may be for, in base units: an hour, a day, a week; a month, a year.
_PERIODS = {"minutes": (60, 1440, 10080), "months": (1, 12)}
# The shorter, the longer, and how often it goes into that; a week has five working days.
_IN_ANOTHER = (
    ("months 1", "months 12", (12.0,)),
    ("minutes 1440", "minutes 10080", (7.0, 5.0)),
    ("minutes 60", "minutes 1440", (24.0, 8.0)),
    ("minutes 10080", "months 1", (4.0,)),
    ("minutes 10080", "months 12", (52.0,)),
)
_WHOLE, _HALF = 100, 50


class _Sums(Table):
    about: AnyOf
    total: AnyOf
    both: AnyOf
    each: AnyOf
    taken_off: AnyOf
    added: AnyOf
    difference: AnyOf


_tables = read("sums.yaml", _Sums)


def is_rough(text: str) -> bool:
    """Whether an amount of `text` is a rough one."""
    return _tables.about.search(folded(text)) is not None


def is_a_total(text: str) -> bool:
    """Whether `text` speaks of an amount for several things together."""
    return _tables.total.search(folded(text)) is not None


def is_for_each(text: str) -> bool:
    """Whether `text` speaks of an amount for each of several."""
    return _tables.each.search(folded(text)) is not None or bool(rates(text))


def compares(text: str) -> bool:
    """Whether `text` speaks of a difference."""
    return _tables.difference.search(folded(text)) is not None


def taxes(claim: Claim) -> set[float]:
    """The percentages that the quotes add to a price."""
    about = [unit for unit in units(claim.quotes or claim.quote) if _tables.added.search(folded(unit))]
    return {figure.value for unit in about for figure in figures(unit) if figure.kind == "percent"}


def prices(currency: str, claim: Claim) -> list[Figure]:
    """Those of all quotes of the draft, each once."""
    found = {p.value: p for p in figures(claim.quotes or claim.quote) if p.kind in (currency, CENTS)}
    return [replace(price, kind=currency) for value, price in sorted(found.items()) if value][:_MOST_PRICES]


def told_prices(given: Sequence[Figure], claim: Claim) -> list[Figure]:
    """Those of the prices that the sentence tells."""
    told = {figure.value for figure in figures(claim.text)}
    return [price for price in given if price.value in told]


def added_prices(given: Sequence[Figure], claim: Claim) -> list[Figure]:
    """Those that come on top of another, as the quote says: "for long coats we add $15"."""
    about = [unit for unit in units(claim.quotes or claim.quote) if _tables.added.search(folded(unit))]
    values = {figure.value for unit in about for figure in figures(unit)}
    return [price for price in given if price.value in values]


def named_prices(claim: Claim) -> set[float]:
    """The prices of what the sentence names; none if it names nothing in the quote's words."""
    said = content(claim.text)
    about = [
        unit for unit in units(claim.quotes or claim.quote) if akin(content(unit), said) or akin(said, content(unit))
    ]
    return set() if claim.translates else {figure.value for unit in about for figure in figures(unit)}


def reductions(claim: Claim) -> list[Figure]:
    """What the quote takes off a price, of those that the draft or the customer speaks of: "students get 10% off"."""
    plain, told = digits(claim.quotes or claim.quote), content(f"{claim.draft}\n{claim.customer}")
    about = [
        u
        for u in units(claim.quotes or claim.quote)
        if claim.translates or not content(u) or akin(content(u), told) or limits(claim.draft) or _tells_share(u, claim)
    ]
    return [off for unit in about for off in figures(unit) if off.is_price and _is_taken_off(off, plain)]


def _tells_share(unit: str, claim: Claim) -> bool:
    """Whether the draft tells a percentage of this part of a quote."""
    said = figures(claim.draft)
    return any(f.kind == "percent" and any(f.is_same(other) for other in said) for f in figures(unit))


def _is_taken_off(off: Figure, plain: str) -> bool:
    ends = [match.end() for match in re.finditer(rf"(?<![\d.,]){off.number:g}\s?%?", plain)]
    return any(_tables.taken_off.match(plain[end:]) for end in ends)


def shares(claim: Claim) -> set[float]:
    """The percentages of the quotes that the draft tells, and a half where a quote has one."""
    told = {figure.value for figure in figures(claim.draft) if figure.kind == "percent"}
    told |= {_HALF} if halves(claim.draft) else set()
    found = {f.value for f in figures(claim.quotes or claim.quote) if f.kind == "percent" and f.value in told}
    return (found | ({_HALF} if halves(claim.quotes or claim.quote) else set())) - {_WHOLE}


def asked_amounts(currency: str, claim: Claim) -> list[Figure]:
    """The customer's amounts, with their currency or, where the sentence has them, without: "if all costs 2000"."""
    said = {f.value for f in figures(claim.text) if f.kind == currency}
    asked = [
        f
        for f in figures(claim.latest)
        if f.kind == currency or (f.kind == "count" and (f.value in said or not f.counts))
    ]
    return [Figure(currency, figure.value, number=figure.number) for figure in asked]


def belongs(figure: Figure, price: Figure, claim: Claim) -> bool:
    """Whether the price is that of what the sentence says the figure of."""
    amount = re.compile(rf"(?<![\d.,]){figure.number:g}(?:[.,]00?)?(?![\d]|[.,]\d)")
    said = amount.sub(f"{price.number:g}", digits(claim.text))
    # "10 single lessons are £420", where ten bought together are something else.
    times = figure.value / price.value
    said = re.sub(rf"(?<![\d.,$€£]){times:g}(?![\d.,]*\d)", " ", said) if times > 1 else said
    return misplaced(said, claim.around, claim.customer, claim.translates) is None


def pieces_told(claim: Claim) -> float:
    """How many pieces the sentence counts: six, of six kayaks for two hours where the quote has a price an hour. An
    amount for them has to be so many times a price, or a multiple of that."""
    asked = {figure.number for figure in figures(claim.customer)}
    said = [f for f in figures(claim.text) if not f.is_price and f.number > 1 and (f.counts or f.number in asked)]
    measured = {figure.kind for figure in figures(claim.quote)} | _SHARING
    measured |= {rate.partition(" ")[0] for rate in rates(claim.quote)}
    things = [f for f in said if f.kind not in measured or (f.kind == "count" and f.counts and f.number in asked)]
    return prod(f.number for f in things if not f.bound and f.kind not in _SHARING and f.number <= _MOST_PIECES)


def counts(given: Sequence[Figure], claim: Claim) -> frozenset[float]:
    """How many pieces there may be: numbers that are not prices, how often what the quote measures goes into what the
    customer measures, and what is more than the quote has: of six, two more than "up to four"."""
    return _counts(tuple(given), claim)


@lru_cache(maxsize=16)
def _counts(given: tuple[Figure, ...], claim: Claim) -> frozenset[float]:
    told = [f for text in (claim.customer, claim.text) for f in figures(text) if not f.is_price]
    found = {f.number for f in (*told, *given) if not f.is_price}
    found |= {float(ceil(times)) for times in _compared(told, given)} | set(_days_between(claim))
    found |= {f.value / period for f in told for period in _PERIODS.get(f.kind, ())} | set(_asked_lengths(claim))
    found |= set(_periods_in_another(claim)) | set(_measured(told, claim))
    found = {count for count in found if count * 2 == int(count * 2)}
    if _tables.both.search(folded(claim.text)):
        found.add(2.0)
    few = sorted(count for count in found if 1 < count <= _MOST_PIECES)[:_MOST_COUNTS]
    products = {one * other for one, other in combinations(few, 2)}
    return frozenset({1.0, *few, *(product for product in products if product <= _MOST_PIECES)})


def _compared(told: Sequence[Figure], given: Sequence[Figure]) -> Iterator[float]:
    for measured in told:
        for unit in given:
            if measured.kind == unit.kind and not unit.is_price and unit.value > 0 and measured.value > unit.value:
                yield measured.value / unit.value
                # Of what both are measured in: 18 km are 8 more than 10.
                yield (measured.value - unit.value) * unit.number / unit.value


def _measured(told: Sequence[Figure], claim: Claim) -> Iterator[float]:
    """How many inches what is told has, of a price by the inch."""
    for kind, _, unit in (rate.partition(" ") for rate in rates(claim.quotes or claim.quote)):
        if kind not in _PERIODS and unit.replace(".", "").isdigit():
            yield from (figure.value / float(unit) for figure in told if figure.kind == kind)


def _periods_in_another(claim: Claim) -> Iterator[float]:
    """How many months a year has, or days a week, of a price for the shorter where the longer is spoken of."""
    named = named_rates(f"{claim.text}\n{claim.customer}")
    for short, long, times in _IN_ANOTHER:
        if long in named and short in named_rates(claim.quotes or claim.quote):
            yield from times


def _asked_lengths(claim: Claim) -> Iterator[float]:
    """How many hours, and how many days of the week, the customer speaks of: "9 to 12", "Monday to Wednesday"."""
    for entry in schedule(claim.latest).entries:
        yield from ((max(hours.end) - max(hours.begin)) / 60 for hours in entry.hours if hours.end)
        yield float(len(entry.days))
    yield from (minutes / 60 for minutes in asked_lengths(claim))


def _days_between(claim: Claim) -> Iterator[float]:
    """The nights from one of the customer's dates to another."""
    for season in dates.seasons(claim.latest):
        if season.first[0] == season.last[0] and season.first[1] and season.last[1] > season.first[1]:
            yield float(season.last[1] - season.first[1])
    for season in dates.seasons(f"{claim.latest}\n{claim.text}"):
        if not season.first[1] and not season.last[1]:
            # "March to November" are nine months.
            yield float((season.last[0] - season.first[0]) % 12 + 1)

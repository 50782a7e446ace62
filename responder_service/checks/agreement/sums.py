"""Amounts that follow from the prices of a quote: for two persons twice the price, a total, what is left of a price
after a discount. Each way has to be one that the sentence speaks of, and its prices those of what it speaks of."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil, prod

from responder_service.checks.agreement.belonging import misplaced
from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.figures import CURRENCIES, Figure, digits, figures, rates
from responder_service.checks.plain_text import folded
from responder_service.checks.wording import akin, content
from responder_service.data.reading import AnyOf, Table, read

# More of one thing are a misreading rather than an order by SMS.
_MOST_PIECES = 100
# People may share what is paid for; how often, or for how many months, is not a number of pieces.
_SHARING = {"persons", "adults", "children", "times", "months"}
# A text with more of them is nobody's order, and must not take long.
_MOST_PRICES, _MOST_COUNTS = 12, 8
# What is counted without a number, such as the nights between two dates, is rarely more.
_MOST_TIMES = 12
_CENT = 0.005
# "A bit under 50" may be so much off, as a share.
_SOME = 0.03


class _Sums(Table):
    about: AnyOf
    total: AnyOf
    both: AnyOf
    taken_off: AnyOf


_tables = read("sums.yaml", _Sums)


def amount_follows(figure: Figure, claim: Claim) -> bool:
    """Whether an amount of money follows from the quoted prices. So many times a price, or a sum of several, where the
    sentence counts or speaks of a total; a price less what the quote takes off; a share of the price for several."""
    if figure.kind not in CURRENCIES:
        return False
    given = figures(claim.quote)
    prices = _prices(figure.kind, claim)
    tolerance = _SOME if _tables.about.search(folded(claim.text)) else 0
    ways = [*_less(prices, claim), *_each(prices, given, claim), *_times(prices, given, claim), *_sums(prices, claim)]
    # "Two kayaks are $48" is compared as "two kayaks are $24": is that the price of a kayak?
    return any(
        abs(total - figure.value) < max(_CENT, tolerance * total) and (base is None or _belongs(figure, base, claim))
        for total, base in ways
    )


def counts_follow(figure: Figure, claim: Claim) -> bool:
    """Whether a number counts what an amount of the sentence is the price of: "for two it is $48"."""
    if figure.is_price or figure.number not in _counts(figures(claim.quote), claim):
        return False
    known = {(other.kind, other.value) for other in figures(claim.quote)}
    said = [other for other in figures(claim.text) if other.kind in CURRENCIES]
    amounts = [other for other in said if (other.kind, other.value) not in known]
    return any(amount_follows(amount, claim) for amount in amounts)


# What it comes to, and the price that it is so many times of.
Way = tuple[float, Figure | None]


def _prices(currency: str, claim: Claim) -> list[Figure]:
    """Those of all quotes of the draft, each once."""
    found = {price.value: price for price in figures(claim.quotes or claim.quote) if price.kind == currency}
    return [price for value, price in sorted(found.items()) if value][:_MOST_PRICES]


def _times(prices: Sequence[Figure], given: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    said = [f for f in figures(claim.text) if not f.is_price and f.number > 1]
    is_total = _tables.total.search(folded(claim.text)) is not None
    if not is_total and not said:
        return
    counts = _counts(given, claim)
    if is_total and len(_counts([], claim)) == 1:
        # Nobody has given a number: "December 23 to 26".
        counts |= {float(count) for count in range(2, _MOST_TIMES + 1)}
    told = _told(said, given)
    for price in prices:
        yield from ((count * price.value, price) for count in counts if count > 1 and count % told == 0)


def _told(said: Sequence[Figure], given: Sequence[Figure]) -> float:
    """How many pieces the sentence counts: six, of six kayaks for two hours where the quote has a price an hour. An
    amount for them has to be so many times a price, or a multiple of that."""
    measured = {figure.kind for figure in given} | _SHARING
    pieces = [f.number for f in said if not f.bound and f.kind not in measured and f.number <= _MOST_PIECES]
    return prod(pieces)


def _sums(prices: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    if not _tables.total.search(folded(claim.text)):
        return
    counts, named = _counts(figures(claim.quote), claim), _named(claim)
    for some in (*combinations(prices, 2), *combinations(prices, 3)):
        values = [price.value for price in some]
        if named and named.isdisjoint(values):
            continue
        if len(values) > 2:
            yield sum(values), None
        else:
            yield from ((n * values[0] + m * values[1], None) for n in counts for m in counts)


def _named(claim: Claim) -> set[float]:
    """The prices of what the sentence names; none if it names nothing in the quote's words."""
    said = content(claim.text)
    about = [
        unit for unit in units(claim.quotes or claim.quote) if akin(content(unit), said) or akin(said, content(unit))
    ]
    return set() if claim.translates else {figure.value for unit in about for figure in figures(unit)}


def _less(prices: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    plain, told = digits(claim.quote), content(f"{claim.draft}\n{claim.customer}")
    # "Students get 10% off" is for who speaks of students.
    about = [u for u in units(claim.quote) if claim.translates or not content(u) or akin(content(u), told)]
    taken = [off for unit in about for off in figures(unit) if off.is_price and _is_taken_off(off, plain)]
    for price in prices:
        for off in taken:
            if off.value < (100 if off.kind == "percent" else price.value):
                rest = price.value * (1 - off.value / 100) if off.kind == "percent" else price.value - off.value
                yield rest, price


def _is_taken_off(off: Figure, plain: str) -> bool:
    ends = [match.end() for match in re.finditer(rf"(?<![\d.,]){off.number:g}\s?%?", plain)]
    return any(_tables.taken_off.match(plain[end:]) for end in ends)


def _each(prices: Sequence[Figure], given: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """Of a price for several that the quote counts, that of one."""
    if not rates(claim.text):
        return
    bare = [figure for figure in given if not figure.is_price and not figure.bound]
    counts = {figure.number for figure in bare if 1 < figure.number <= _MOST_PIECES}
    yield from ((price.value / count, None) for price in prices if not price.rates for count in counts)


def _belongs(figure: Figure, price: Figure, claim: Claim) -> bool:
    """Whether the price is that of what the sentence says it of."""
    amount = re.compile(rf"(?<![\d.,]){figure.number:g}(?:[.,]00?)?(?![\d]|[.,]\d)")
    said = amount.sub(f"{price.number:g}", digits(claim.text))
    return misplaced(said, claim.around, claim.customer, claim.translates) is None


def _counts(given: Sequence[Figure], claim: Claim) -> set[float]:
    """How many pieces there may be: numbers that are not prices, how often what the quote measures goes into what the
    customer measures, and what is more than the quote has: of six, two more than "up to four"."""
    told = [f for text in (claim.customer, claim.text) for f in figures(text) if not f.is_price]
    counts = {f.number for f in (*told, *given) if not f.is_price and f.number == int(f.number)}
    counts |= {float(ceil(times)) for times in _compared(told, given)}
    if _tables.both.search(folded(claim.text)):
        counts.add(2.0)
    few = sorted(count for count in counts if 1 < count <= _MOST_PIECES)[:_MOST_COUNTS]
    products = {one * other for one, other in combinations(few, 2)}
    return {1.0, *few, *(product for product in products if product <= _MOST_PIECES)}


def _compared(told: Sequence[Figure], given: Sequence[Figure]) -> Iterator[float]:
    for measured in told:
        for unit in given:
            if measured.kind == unit.kind and not unit.is_price and unit.value > 0 and measured.value > unit.value:
                yield measured.value / unit.value
                yield measured.value - unit.value

"""Amounts that follow from the prices of a quote: for two persons twice the price, a total, what is left of a price
after a discount. A number of pieces is known from what the customer wrote, from the draft and from the quote."""

import re
from collections.abc import Iterator
from itertools import combinations
from math import ceil

from responder_service.checks.claim import Claim
from responder_service.checks.figures import CURRENCIES, Figure, figures

# More of one thing are a misreading rather than an order by SMS.
_MOST_PIECES = 100
# A text with more of them is nobody's order, and must not take long.
_MOST_PRICES, _MOST_COUNTS = 12, 8
_CENT = 0.005
_BOTH = re.compile(r"\b(?:both|ambos|ambas|les deux|beide[nrs]?)\b", re.IGNORECASE)


def amount_follows(figure: Figure, claim: Claim) -> bool:
    """Whether an amount of money is a sum of prices in the quote, each taken once or as often as the customer, the
    draft or the quote counts, or such a price with a percentage of the quote taken off."""
    if figure.kind not in CURRENCIES:
        return False
    given = figures(claim.quote)
    # What stands in other sentences of the draft has a quote of its own.
    others = set(figures(claim.draft)) - set(figures(claim.text))
    prices = sorted({price.value for price in (*given, *others) if price.kind == figure.kind and price.value})
    prices = prices[:_MOST_PRICES]
    multiples = [[count * price for count in sorted(_counts(given, claim))] for price in prices]
    totals = [total for some in multiples for total in some]
    totals += [one + other for some, more in combinations(multiples, 2) for one in some for other in more]
    totals += [sum(three) for three in combinations(prices, 3)]
    own = [price.value for price in figures(claim.customer) if price.kind == figure.kind]
    shares = [share.value / 100 for share in given if share.kind == "percent"]
    totals += [price * part for share in shares for price in (*totals, *own) for part in (share, 1 - share)]
    return any(abs(total - figure.value) < _CENT for total in totals)


def counts_follow(figure: Figure, claim: Claim) -> bool:
    """Whether a number counts what an amount of the sentence is the price of: "for two it is $48"."""
    if figure.is_price or figure.number not in _counts(figures(claim.quote), claim):
        return False
    known = {(other.kind, other.value) for other in figures(claim.quote)}
    said = [other for other in figures(claim.text) if other.kind in CURRENCIES]
    amounts = [other for other in said if (other.kind, other.value) not in known]
    return any(amount_follows(amount, claim) for amount in amounts)


def _counts(given: list[Figure], claim: Claim) -> set[float]:
    """How many pieces there may be: numbers that are no prices, how often what the quote measures goes into what the
    customer measures, and one less than counted, as "for the first" is."""
    told = [f for text in (claim.customer, claim.draft) for f in figures(text) if not f.is_price]
    counts = {f.number for f in (*told, *given) if not f.is_price and f.number == int(f.number)}
    counts |= {float(ceil(times)) for times in _times(told, given)}
    if _BOTH.search(claim.text):
        counts.add(2.0)
    few = sorted(count for count in counts if 1 < count <= _MOST_PIECES)[:_MOST_COUNTS]
    products = {one * other for one, other in combinations(few, 2)}
    return {1.0, *few, *(product for product in products if product <= _MOST_PIECES)}


def _times(told: list[Figure], given: list[Figure]) -> Iterator[float]:
    for measured in told:
        for unit in given:
            if measured.kind == unit.kind and not unit.is_price and unit.value > 0 and measured.value > unit.value:
                yield measured.value / unit.value
                yield measured.value - unit.value

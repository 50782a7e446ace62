"""Amounts that follow from the prices of a quote: for two persons twice the price, a total, what is left of a price
after a discount, what one saves. What a sentence works out on the way, "2 at €55 are €110", counts as well."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from responder_service.checks.agreement import operands
from responder_service.checks.agreement.operands import Way, counts
from responder_service.checks.claim import Claim
from responder_service.checks.figures import CENTS, Figure, figures
from responder_service.checks.rates import CURRENCIES, rates

# What is counted without a number, such as the nights between two dates, is rarely more.
_MOST_TIMES = 12
# "18 weekly lessons", of which one is a part.
_MOST_PARTS = 100
_PERSONS = frozenset(["persons 1", "adults 1", "children 1", "pieces 1"])
_PERIODS = frozenset(["minutes 60", "minutes 1440", "minutes 10080", "months 1", "months 12", "nights 1"])
# Per something that is not a known unit: per class.
_OF_ANYTHING = ""
_CENT = 0.005
# "A bit under 50" may be so much off, as a share.
_SOME = 0.03
# "£420, the package is £380, so you save £40" is worked out in so many steps.
_STEPS = 3

Amount = tuple[str, float]


def amount_follows(figure: Figure, claim: Claim) -> bool:
    """Whether an amount of money follows from the quoted prices."""
    kinds = CURRENCIES if figure.kind == "count" else {figure.kind} & CURRENCIES
    return any((kind, figure.value) in _amounts(claim) for kind in kinds)


def counts_follow(figure: Figure, claim: Claim) -> bool:
    """Whether a number counts what an amount of the sentence is the price of: "for two it is $48"."""
    return not figure.is_price and bool(_amounts(claim)) and figure.number in counts(figures(claim.quote), claim)


def works_out(claim: Claim) -> bool:
    """Whether the sentence works out an amount that its quote does not have."""
    return bool(_amounts(claim))


@lru_cache(maxsize=16)
def _amounts(claim: Claim) -> frozenset[Amount]:
    """The amounts of the sentence that follow and do not stand in its quote, step by step: each may be worked out from
    those before it."""
    known = {(figure.kind, figure.value) for figure in figures(claim.quote)}
    said = {(f.kind, f.value): f for f in _amounts_said(claim)}
    left = {amount: figure for amount, figure in said.items() if amount not in known}
    found: frozenset[Amount] = frozenset()
    for _ in range(_STEPS):
        ways = {kind: list(_ways(kind, claim, found)) for kind, _ in left.keys() - found}
        new = {amount for amount in left.keys() - found if _follows(left[amount], claim, ways[amount[0]])}
        if not new:
            break
        found |= new
    return found


def _amounts_said(claim: Claim) -> Iterator[Figure]:
    """The amounts of the sentence, and its bare numbers, which may be some: "the two would be 32"."""
    currencies = {f.kind for text in (claim.draft, claim.quotes or claim.quote) for f in figures(text)} & CURRENCIES
    for figure in figures(claim.text):
        if figure.kind in CURRENCIES:
            yield figure
        elif figure.kind == "count" and not figure.counts and not figure.bound and len(currencies - {CENTS}) == 1:
            (currency,) = currencies - {CENTS}
            yield Figure(currency, figure.value, number=figure.number)


def _follows(figure: Figure, claim: Claim, ways: Sequence[Way]) -> bool:
    tolerance = _SOME if operands.is_rough(claim.text) else 0
    # "Two kayaks are $48" is compared as "two kayaks are $24": is that the price of a kayak?
    return any(
        abs(total - figure.value) < max(_CENT, tolerance * abs(total))
        and (base is None or operands.belongs(figure, base, claim))
        for total, base in ways
    )


def _ways(currency: str, claim: Claim, known: frozenset[Amount]) -> Iterator[Way]:
    given = operands.prices(currency, claim)
    worked_out = [Figure(currency, value, number=value) for kind, value in sorted(known) if kind == currency]
    asked = operands.asked_amounts(currency, claim)
    told = [*operands.told_prices(given, claim), *worked_out, *operands.told_prices(asked, claim)]
    yield from _less(given, worked_out, claim)
    yield from _shares(given, [*told, *asked], claim)
    yield from _each([*given, *worked_out, *asked], claim)
    yield from _times(currency, given, told, claim)
    yield from _sums(given, claim)
    yield from _joined(told, operands.added_prices(given, claim), given, claim)
    yield from _more(given, worked_out, claim)


def _times(currency: str, given: Sequence[Figure], told: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """So many times a price that the sentence tells, or, where it counts or speaks of a total, any."""
    is_total = operands.is_a_total(claim.text)
    numbers = counts(figures(claim.quote), claim)
    if is_total and len(counts([], claim)) == 1:
        # Nobody has given a number: "December 23 to 26".
        numbers |= {float(count) for count in range(2, _MOST_TIMES + 1)}
    is_counted = (
        is_total or operands.compares(claim.text) or any(not f.is_price and f.number > 1 for f in figures(claim.text))
    )
    pieces = operands.pieces_told(claim)
    said = {figure.value for figure in figures(claim.text)}
    asked = [price for price in operands.asked_amounts(currency, claim) if price.value in said]
    for price in (*given, *told, *asked) if is_counted or asked else told:
        # What it is the price of is compared where the sentence tells it.
        base = None if price in told or price in asked else price
        yield from ((count * price.value, base) for count in numbers if count > 1 and count % pieces == 0)


def _sums(given: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """Of a total: several prices, each once or so many times, that the sentence need not tell."""
    if not operands.is_a_total(claim.text):
        return
    numbers, named = counts(figures(claim.quote), claim), operands.named_prices(claim)
    few = [number for number in numbers if number <= _MOST_TIMES]
    for some in (*combinations(given, 2), *combinations(given, 3)):
        values = [price.value for price in some]
        if named and named.isdisjoint(values):
            continue
        if len(values) > 2:
            yield sum(values), None
        else:
            yield from ((n * values[0] + m * values[1], None) for n in few for m in few)


def _joined(told: Sequence[Figure], added: Sequence[Figure], given: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """Two amounts that the sentence tells, added or one less the other, and a price with what comes on top of it."""
    numbers = counts(figures(claim.quote), claim)
    for one, other in combinations(told, 2):
        yield abs(one.value - other.value), None
        yield from ((n * one.value + m * other.value, None) for n in numbers for m in numbers if 1 in (n, m) or n == m)
    for price in given:
        for more in added:
            yield from ((price.value + n * more.value, None) for n in numbers if more != price)


def _more(given: Sequence[Figure], worked_out: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """What one price is more than another, where the sentence compares, and a price with a tax on top."""
    if operands.compares(claim.text):
        both = combinations([*given, *worked_out], 2)
        yield from ((abs(one.value - other.value), None) for one, other in both)
    for tax in operands.taxes(claim):
        yield from ((price.value * (1 + tax / 100), price) for price in given)


def _less(given: Sequence[Figure], worked_out: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    taken = operands.reductions(claim)
    for price in (*given, *worked_out):
        for off in taken:
            if off.value < (100 if off.kind == "percent" else price.value):
                rest = price.value * (1 - off.value / 100) if off.kind == "percent" else price.value - off.value
                yield rest, None if price in worked_out else price
                if off.kind == "percent":
                    # "15% off for the second child": both together.
                    yield price.value + rest, price


def _shares(given: Sequence[Figure], told: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """A percentage of an amount that the sentence tells, and half a price."""
    for share in operands.shares(claim):
        yield from ((amount.value * share / 100, None) for amount in told)
    if 50 in operands.shares(claim):
        yield from ((price.value / 2, price) for price in given)


def _each(given: Sequence[Figure], claim: Claim) -> Iterator[Way]:
    """Of a price for several that the quote or the customer counts, that of one."""
    if not operands.is_for_each(claim.text):
        return
    counted = [*figures(claim.quotes or claim.quote), *figures(claim.customer)]
    said_numbers = {figure.number for figure in figures(claim.text) if not figure.is_price and not figure.bound}
    bare = [f for f in counted if not f.is_price and (not f.bound or f.number in said_numbers)]
    numbers = {figure.number for figure in bare if 1 < figure.number <= _MOST_PARTS}
    said = rates(claim.text) or {_OF_ANYTHING}
    said |= _PERSONS if said & _PERSONS else set()
    # "€159 a month for 8 days" is so much a day.
    wanted = _PERSONS | _PERIODS | {_OF_ANYTHING}
    whole = [p for p in given if not p.rates or ((said - p.rates) & wanted and not p.rates & _PERSONS & said)]
    yield from ((price.value / count, None) for price in whole for count in numbers)

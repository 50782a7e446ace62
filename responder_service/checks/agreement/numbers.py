"""Numbers that are not amounts of money and follow from a quote, from what the customer wrote, or from the clock: "that
is 9 of 12, 75%", "another half an hour", "day 10"."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from responder_service.checks import clock, dates, days
from responder_service.checks.claim import Claim
from responder_service.checks.figures import Figure, digits, figures
from responder_service.checks.phrases import counts_twice

_PERCENT, _DAY, _NOON = 100, 24 * 60, 12
# A share may be rounded to a whole one.
_ROUNDED = 0.51
_MOST = 8
# Left of a day, at most.
_MOST_LEFT = _DAY
_ASKED_HOURS = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?::([0-5]\d))?(?:\s?[ap]m|\s?h|\s?uhr)?\s?(?:-|to|til|till|until|bis|a|à|hasta(?: las)?)\s?"
    r"(\d{1,2})(?::([0-5]\d))?(?![\d.,]*\d)"
)


# "It's past 9", which is true of all hours before.
_PAST = re.compile(r"\b(?:past|after) \d", re.IGNORECASE)


def number_follows(figure: Figure, claim: Claim) -> bool:
    """Whether a number of the sentence can be worked out."""
    if figure.kind == "percent":
        return any(abs(share - figure.value) < _ROUNDED for share in _shares(claim))
    if figure.value in _differences(figure, claim):
        return True
    if figure.kind == "minutes" and not figure.bound and figure.value in asked_lengths(claim):
        return True
    if figure.kind == "minutes":
        return figure.value in _left(claim) or figure.value in {_DAY * count for count in days_since(claim)}
    if figure.kind != "count":
        return False
    is_of_two = figure.value == 2 and counts_twice(claim.quotes or claim.quote)
    listed = {float(len(day.days)) for day in days.weekdays(claim.quote)} | {float(len(days.weekdays(claim.quote)))}
    return is_of_two or figure.value in days_since(claim) | listed - {1.0}


@lru_cache(maxsize=16)
def asked_lengths(claim: Claim) -> frozenset[float]:
    """How many minutes the customer's hours last: "from 10 to 1"."""
    found = set()
    for match in _ASKED_HOURS.finditer(digits(claim.latest)):
        begin, end = (60 * int(match[hour]) + int(match[minute] or 0) for hour, minute in ((1, 2), (3, 4)))
        found.add(float((end - begin) % (_NOON * 60 if end <= begin else _DAY)))
    return frozenset(found)


def _differences(figure: Figure, claim: Claim) -> set[float]:
    """What is left, or what is over, of what the quote and the customer have of a kind: 3 of 7 days leave 4."""
    asked = [other for other in figures(claim.customer) if not other.is_price]
    given = [other for other in figures(claim.quote) if not other.is_price]
    alike = [
        (one, other) for one in asked for other in given if one.kind == other.kind or "count" in (one.kind, other.kind)
    ]
    if figure.kind != "count":
        same = [(one, other) for one, other in alike if one.kind == other.kind == figure.kind]
        # "Four days, in May two days longer."
        longer = combinations([other.value for other in given if other.kind == figure.kind and figure.takes_time], 2)
        return {abs(one.value - other.value) for one, other in same} - {0.0} | {sum(both) for both in longer}
    return {abs(one.number - other.number) for one, other in alike} - {0.0}


@lru_cache(maxsize=16)
def hours_quoted(claim: Claim) -> set[int]:
    """The hours of the day, up to 12, of the quotes."""
    given = clock.times(claim.quotes or claim.quote)
    return {minute // 60 % _NOON for time in given for minute in time.minutes if time.sure}


@lru_cache(maxsize=16)
def hours_asked(claim: Claim) -> set[int]:
    """The same of what the customer wrote, and the hour that has just begun."""
    asked = {minute // 60 % _NOON for time in clock.times(claim.customer) for minute in time.minutes}
    begun = {claim.now.hour % _NOON} | (
        {hour % _NOON for hour in range(claim.now.hour)} if _PAST.search(claim.text) else set()
    )
    return asked | begun


def _shares(claim: Claim) -> Iterator[float]:
    """What one of the customer's numbers is of another, in percent."""
    asked = [f.number for f in figures(claim.customer) if not f.is_price and f.number][:_MOST]
    yield from (_PERCENT * one / other for one, other in permutations(asked, 2) if one < other)


@lru_cache(maxsize=16)
def _left(claim: Claim) -> set[float]:
    """The minutes from now, or from a time of the customer's, until a time of the quote's."""
    begins = {claim.now.hour * 60 + claim.now.minute}
    begins |= {minute for time in clock.times(claim.customer) if time.sure for minute in time.minutes}
    ends = {minute for time in clock.times(claim.quote) if time.sure for minute in time.minutes}
    return {float(end - begin) for begin in begins for end in ends if 0 < end - begin < _MOST_LEFT}


@lru_cache(maxsize=16)
def days_since(claim: Claim) -> set[float]:
    """The days from one of the customer's dates until today, or from today until it."""
    today = claim.now.date()
    found = set()
    for date in dates.mentioned(claim.latest):
        for year in (today.year - 1, today.year, today.year + 1):
            if day := dates.on(date, year):
                found.add(float(abs((day - today).days)))
    return found

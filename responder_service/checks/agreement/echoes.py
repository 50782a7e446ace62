"""Figures, times and dates that a sentence takes from the customer: "yes, 8.5 m fits", where the quote has "up to 9 m".
They follow from the quote, or they are foreign to it."""

import datetime
from calendar import monthrange
from collections.abc import Iterable

from responder_service.checks import clock, dates, days
from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.clock import Time
from responder_service.checks.dates import Date
from responder_service.checks.figures import UNSAID, Figure, figures
from responder_service.checks.schedule import Hours, schedule
from responder_service.checks.wording import denies, leaves_open, says_no

_DAY = 24 * 60


def figure_follows(figure: Figure, claim: Claim) -> bool:
    """Whether the sentence says of the customer's figure what a limit or a range in the quote says of it: yes within,
    no beyond, and the reverse of what is not allowed. Without a limit it may stand beside the figure of the quote: "we
    hold it for 15 minutes, so 10 is fine"."""
    asked = next((asked for asked in figures(claim.customer) if figure.is_same(asked)), None)
    if asked is None:
        return False
    part = next((part for part in claim.parts if any(figure == other for other in figures(part))), claim.text)
    if figure.bound in ("least", "most") and not says_no(part):
        return False
    limits = [(limit, unit) for unit in units(claim.quote) for limit in _limits(figures(unit))]
    alike = [(limit, unit) for limit, unit in limits if _are_alike(figure, limit[0])]
    if alike:
        return any(_is_within(figure, *limit) != (says_no(part) != denies(unit)) for limit, unit in alike)
    return _stands_beside(asked, claim)


def is_met(limit: Figure, claim: Claim) -> bool:
    """Whether the draft speaks of what the customer wrote, and that is within a limit of the quote, which then need not
    be told: "for your 8-year-old it is $22", where it is for children up to 10."""
    said = figures(claim.draft)
    return any(
        _are_alike(asked, limit) and _is_within(asked, limit, None) and any(asked.is_same(other) for other in said)
        for asked in figures(claim.customer)
    )


def _stands_beside(figure: Figure, claim: Claim) -> bool:
    said = figures(claim.draft)
    alike = [given for given in figures(claim.quote) if not given.is_price and _are_alike(figure, given)]
    return any(given.is_same(other) for given in alike for other in said)


Limit = tuple[Figure, Figure | None]


def _limits(found: list[Figure]) -> Iterable[Limit]:
    """Each limit, and each range as its two ends."""
    for number, figure in enumerate(found):
        if figure.bound == "from" and number + 1 < len(found):
            yield figure, found[number + 1]
        elif figure.bound in ("least", "most"):
            yield figure, None


def _are_alike(figure: Figure, limit: Figure) -> bool:
    return figure.kind == limit.kind or ("count" in (figure.kind, limit.kind) and {figure.kind, limit.kind} <= UNSAID)


def _is_within(figure: Figure, first: Figure, last: Figure | None) -> bool:
    same = figure.kind == first.kind
    value, least = (figure.value, first.value) if same else (figure.number, first.number)
    if last is not None:
        return least <= value <= (last.value if same else last.number)
    return value >= least if first.bound == "least" else value <= least


def time_follows(time: Time, part: str, claim: Claim) -> bool:
    """Whether `part` says of the customer's time what hours in the quote say of it."""
    if _is_moved(time, claim):
        return True
    if clock.is_a_limit(part, time) or not any(time.minutes & asked.minutes for asked in clock.times(claim.customer)):
        return False
    hours = [
        each for entry in schedule(claim.around).entries if not entry.is_closed for each in entry.hours if each.end
    ]
    return bool(hours) and any(_is_during(time, each) for each in hours) != denies(part)


def _is_moved(time: Time, claim: Claim) -> bool:
    """Whether it is a time of the customer's, the draft's, the quote's or of the opening hours, earlier or later by
    what the quote says: "be here at 9:20", ten minutes before 9:30."""
    texts = (claim.customer, claim.draft, claim.quote, claim.hours)
    known = {minute for text in texts for each in clock.times(text) for minute in each.minutes}
    moves = {int(figure.value) for figure in figures(clock.without_times(claim.quote)) if figure.kind == "minutes"}
    moves -= {_DAY}
    return any((minute + way * move) % _DAY in time.minutes for minute in known for move in moves for way in (1, -1))


def _is_during(time: Time, hours: Hours) -> bool:
    return any(min(hours.begin) <= minute <= max(hours.end) for minute in time.minutes)


def duration_follows(figure: Figure, claim: Claim) -> bool:
    """Whether a figure is how long the hours in the quote last: 2 pm to 6 pm is 4 hours."""
    hours = [each for entry in schedule(claim.around).entries for each in entry.hours if each.end]
    return figure.kind == "minutes" and any(max(h.end) - max(h.begin) == figure.value for h in hours)


def _next(date: Date, today: datetime.date) -> datetime.date:
    """The day of this date that is not past."""
    for year in (today.year, today.year + 1):
        # 29 February is none in most years.
        day = datetime.date(year, date.month, min(date.day, monthrange(year, date.month)[1]))
        if day >= today:
            return day
    return day


def date_follows(date: Date, part: str, claim: Claim) -> bool:
    """Whether `part` says of a date what the dates of the quote say of it: yes within, no beyond."""
    if dates.is_a_limit(part, date):
        return False
    if date.day and days.is_in_order(_next(date, claim.now.date()), days.ordinals(claim.around)):
        return True
    seasons, given = dates.seasons(claim.around), dates.mentioned(claim.around)
    if any(season.has(date.key) for season in seasons):
        return True
    # "In other months one night is fine."
    return bool(given) and (denies(part) or leaves_open(claim.around))

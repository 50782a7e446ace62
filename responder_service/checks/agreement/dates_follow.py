"""Dates that a sentence tells and its quote does not, and that follow from it: so many weeks after the customer's,
within a season."""

import datetime
from calendar import monthrange
from collections.abc import Iterable

from responder_service.checks import dates, days
from responder_service.checks.claim import Claim
from responder_service.checks.dates import Date
from responder_service.checks.denials import denies
from responder_service.checks.figures import Figure, figures
from responder_service.checks.phrases import speaks_of_this_month
from responder_service.checks.schedule import schedule
from responder_service.checks.wording import leaves_open

# More working days than that are counted by nobody.
_MOST_WORKED = 60


def _next(date: Date, today: datetime.date) -> datetime.date:
    """The day of this date that is not past."""
    for year in (today.year, today.year + 1):
        # Most years have no 29 February.
        day = datetime.date(year, date.month, min(date.day or 1, monthrange(year, date.month)[1]))
        if day >= today:
            return day
    return day


def _is_counted(date: Date, part: str, claim: Claim) -> bool:
    """Whether it is one of the customer's dates, or today, later or earlier by what the quote says: "from July 3 on",
    60 days after May 4. What the quote has dates for does not follow, nor whether one is open on that day."""
    if days.opened(part) or days.closed(part):
        return False
    is_part = not date.day or dates.is_rough(part, date)
    lasting = [figure for figure in figures(claim.quote) if figure.kind in ("minutes", "months", "business_days")]
    # "Coats in 10 working days, suits in 8."
    lasting += [
        f for f in figures(claim.text) if f.kind == "business_days" and any(o.is_same(f) for o in figures(claim.quote))
    ]
    if dates.mentioned(claim.around):
        # Where the quote has dates, a length that the sentence tells as well.
        lasting = [figure for figure in lasting if any(figure.is_same(told) for told in figures(claim.text))]
    # A month alone is counted from the first day of one and from its last.
    asked = [_next(each, claim.now.date()) for each in dates.mentioned(claim.customer) if each.day or is_part]
    asked += [end for day in asked if is_part for end in _month_of(day)]
    if dates.is_edge(date.month, date.day, claim.quote):
        return True
    if all(each.day for each in dates.mentioned(claim.around)):
        given = [_next(each, claim.now.date()) for each in dates.mentioned(claim.quote)]
        counted = [f for f in figures(claim.quote) if f.kind in ("minutes", "months") and not f.bound]
        ends = [end for day in given for figure in counted for end in _moved(day, figure, 1)]
        if any(end.month == date.month and (is_part or end.day == date.day) for end in ends):
            return True
    # A month alone is counted from one of the customer's dates.
    begins = [
        *_begins_today(date, claim),
        *asked,
        *(day - datetime.timedelta(days=365) for day in asked),
    ]
    week = schedule(f"{claim.around}\n{claim.hours}").open_days
    ends = [end for day in begins for figure in lasting for way in (1, -1) for end in _moved(day, figure, way, week)]
    if is_part:
        return any(end.month == date.month for end in ends)
    return any((end.month, end.day) == date.key for end in ends)


def _begins_today(date: Date, claim: Claim) -> Iterable[datetime.date]:
    """Today, from which a date is counted; of a month alone this one's edges, where the customer speaks of it."""
    today = claim.now.date()
    if date.day:
        return [today]
    return _month_of(today) if speaks_of_this_month(claim.customer) else []


def _month_of(day: datetime.date) -> Iterable[datetime.date]:
    """The first and the last day of its month."""
    yield day.replace(day=1)
    yield day.replace(day=monthrange(day.year, day.month)[1])


_MONDAY_TO_FRIDAY = frozenset(range(5))


def _moved(day: datetime.date, figure: Figure, way: int, week: frozenset[int] = frozenset()) -> Iterable[datetime.date]:
    """The day that is so long after another, or before it; for months that day's month has an end as well. Working
    days are those of the `week`, or Monday to Friday."""
    if figure.kind == "business_days":
        yield from (_worked(day, int(figure.value), way, days_) for days_ in {week, _MONDAY_TO_FRIDAY} if days_)
        return
    if figure.kind == "minutes":
        yield day + way * datetime.timedelta(minutes=figure.value)
        return
    months = day.year * 12 + day.month - 1 + way * int(figure.value)
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    yield datetime.date(year, month + 1, min(day.day, last))
    yield datetime.date(year, month + 1, last)


def _worked(day: datetime.date, count: int, way: int, week: frozenset[int]) -> datetime.date:
    for _ in range(min(count, _MOST_WORKED)):
        day += way * datetime.timedelta(days=1)
        while day.weekday() not in week:
            day += way * datetime.timedelta(days=1)
    return day


def _is_their_date(date: Date, part: str, claim: Claim) -> bool:
    """Whether it is the customer's date or month, or the month that it is now, of a quote that has no dates."""
    if dates.mentioned(claim.around) or days.opened(part) or days.closed(part):
        return False
    asked = {(month, day) for month, day in dates.dates(claim.customer)}
    return date.key in asked or (not date.day and date.month in {claim.now.month, *(month for month, _ in asked)})


def date_follows(date: Date, part: str, claim: Claim) -> bool:
    """Whether `part` says of a date what the dates of the quote say of it: yes within, no beyond."""
    if _is_counted(date, part, claim) or _is_their_date(date, part, claim):
        return True
    is_asked = date.key in dates.dates(claim.customer)
    if dates.is_a_limit(part, date) and not is_asked:
        return False
    if date.day and days.is_in_order(_next(date, claim.now.date()), days.ordinals(claim.around)):
        return True
    seasons, given = dates.seasons(claim.around), dates.mentioned(claim.around)
    if any(season.has(date.key) for season in seasons):
        return True
    # "In other months one night is fine."
    return bool(given) and (denies(part) or leaves_open(claim.around))

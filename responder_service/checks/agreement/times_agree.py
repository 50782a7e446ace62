"""Whether the times of day and the dates of a sentence are those of its quote, or follow from them."""

from collections.abc import Iterator

from responder_service.checks import clock, dates, days
from responder_service.checks.agreement import echoes
from responder_service.checks.agreement.dates_follow import date_follows
from responder_service.checks.claim import Claim
from responder_service.checks.plain_text import sentences


def foreign_time(claim: Claim) -> bool:
    """Whether a time of day stands in the sentence that its quote does not have, and that does not follow from it."""
    known = frozenset[int]().union(*(time.minutes for time in clock.times(claim.quote)))
    return any(
        time.sure and time.minutes.isdisjoint(known) and not echoes.time_follows(time, part, claim)
        for part in sentences(claim.text)
        for time in clock.times(part)
    )


def foreign_date(claim: Claim) -> bool:
    """Whether a date or a month stands in the sentence that its quote does not have, and that does not follow from
    it."""
    given = {*dates.dates(claim.quote), *dates.dates(claim.heading), *_dates_of_relative_days(claim)}
    months = {month for month, _ in given}
    return any(
        not (date.key in given or (date.month, 0) in given or (not date.day and date.month in months))
        and not date_follows(date, part, claim)
        for part in claim.parts
        for date in dates.mentioned(part)
    )


def _dates_of_relative_days(claim: Claim) -> Iterator[tuple[int, int]]:
    for day in days.relative(claim.text):
        for offset in day.days:
            date = claim.day(offset)
            yield date.month, date.day

"""Days that a sentence names and its quote does not, and that follow from it or contradict it: the customer's own, the
day before it, the day on which something is ready, and days that come too soon or are over."""

from collections.abc import Iterator
from datetime import date

from responder_service.checks import clock, dates, days
from responder_service.checks.agreement.others import answers_for_others
from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.denials import is_a_duty, opens_with_no, says_no
from responder_service.checks.figures import figures
from responder_service.checks.phrases import is_notice, is_of_working_days, says_neighbour
from responder_service.checks.wording import is_ahead, is_earlier

_DAY = 24 * 60
_WEEK = 7
# Working days take a weekend in between.
_WORKING = 5
_AHEAD_AT_MOST = 3


def asked(claim: Claim) -> frozenset[int]:
    """The days of the week that the customer speaks of, today among them where they say so."""
    named = frozenset[int]().union(*(day.days for day in days.weekdays(claim.customer)))
    offsets = [offset for day in days.relative(claim.customer) for offset in day.days]
    return named | {claim.day(offset).weekday() for offset in offsets}


def ahead(claim: Claim) -> list[int]:
    """How many days ahead those are that the customer speaks of; not today's day of the week, which may be the next."""
    offsets = {offset for day in days.relative(claim.latest) for offset in day.days if offset >= 0}
    named = {day for found in days.weekdays(claim.latest) for day in found.days if len(found.days) == 1}
    return sorted(offsets | {(day - claim.now.weekday()) % _WEEK for day in named} - {0} | ({0} & offsets))


def counted(claim: Claim) -> frozenset[int]:
    """The days that are so many days before or after the customer's, today, or one of the quote's, as the quote says:
    "three days later", "the day before"."""
    begins = asked(claim) | {claim.now.weekday()}
    begins |= frozenset[int]().union(*(day.days for day in days.weekdays(claim.quote)))
    dated = {day.weekday() for text in (claim.quote, claim.customer, claim.text) for day in _coming(text, claim)}
    return frozenset(dated) | frozenset(
        (begin + way * step) % _WEEK for begin in begins for step in _steps(claim) for way in (1, -1)
    )


def _coming(text: str, claim: Claim) -> Iterator[date]:
    """The dates of a text, in the year in which they come next."""
    today = claim.now.date()
    for each in dates.mentioned(text):
        coming = [day for year in (today.year, today.year + 1) if (day := dates.on(each, year)) and day >= today]
        yield from coming[:1]


def _steps(claim: Claim) -> Iterator[int]:
    if says_neighbour(claim.quote):
        yield 1
        if is_of_working_days(claim.quote):
            # From a Friday to a Monday, or from a Saturday.
            yield from (2, 3)
    for figure in figures(claim.quote):
        if figure.kind == "minutes" and figure.value >= _DAY:
            yield int(figure.value // _DAY)
        elif figure.kind == "business_days":
            # So many days, and the days off between them.
            yield int(figure.value)
            yield int(figure.value) + 2 * (1 + int(figure.value) // _WORKING)
            yield int(figure.value) // _WORKING * _WEEK


def is_too_soon(claim: Claim) -> bool:
    """Whether the sentence says yes to today or tomorrow, and its quote wants more days' notice. Of several days the
    last is the one it is for: "tomorrow, if you book it today"."""
    offsets = [offset for day in days.relative(claim.text) for offset in day.days if 0 <= offset < _AHEAD_AT_MOST]
    offsets += [1] if says_neighbour(claim.text) else []
    if not offsets or _refuses(claim) or answers_for_others(claim):
        return False
    return any(max(offsets) * _DAY < notice for notice in _notices(claim))


def _refuses(claim: Claim) -> bool:
    """Whether the sentence says no, or begins with a regret: "sorry, we would have needed to hear from you before"."""
    return says_no(claim.text) or opens_with_no(claim.text)


def _notices(claim: Claim) -> Iterator[float]:
    for unit in units(claim.quote):
        for figure in figures(clock.without_times(unit)):
            length = figure.value * (_DAY if figure.kind == "business_days" else 1)
            if figure.kind not in ("minutes", "business_days") or length < _DAY:
                continue
            if (
                is_notice(unit)
                or (is_a_duty(unit) and is_earlier(unit))
                or (figure.bound == "least" and (is_ahead(unit) or is_earlier(unit)))
            ):
                yield length


def is_over(claim: Claim) -> bool:
    """Whether the sentence says yes to today or now, and all times of its quote are over: "order by 3 pm", at 4."""
    says_today = days.says_now(claim.text) or any(0 in day.days for day in days.relative(claim.text))
    if not says_today or _refuses(claim) or answers_for_others(claim):
        return False
    ends = [max(time.minutes) for time in clock.times(claim.around) if time.sure]
    return bool(ends) and claim.now.hour * 60 + claim.now.minute > max(ends)

"""Whether the figures of a sentence are those of its quote: the same number of the same unit, with the same limit, for
the same thing."""

from collections.abc import Iterator, Sequence

from responder_service.checks import clock, days
from responder_service.checks.belonging import misplaced
from responder_service.checks.claim import Claim
from responder_service.checks.clock import Time
from responder_service.checks.figures import Figure, figures, named_rates, rates

_ONE_OF = {"minutes": (60, 1440, 10080), "months": (1,), "nights": (1,), "persons": (1,)}
_OPPOSITE = {"least": "most", "most": "least"}


def foreign_figure(claim: Claim) -> bool:
    """Whether a number, with its unit, stands in the sentence and not in its quote."""
    known = figures(claim.quote)
    named = figures(claim.heading)
    times = clock.times(claim.quote)
    return any(not _is_known(figure, known, named, times) for figure in lasting_figures(claim.text))


def foreign_time(claim: Claim) -> bool:
    """Whether a time of day or a date stands in the sentence and not in its quote."""
    known = frozenset[int]().union(*(time.minutes for time in clock.times(claim.quote)))
    if any(time.sure and time.minutes.isdisjoint(known) for time in clock.times(claim.text)):
        return True
    given = {*days.dates(claim.quote), *days.dates(claim.heading), *_dates_of_relative_days(claim)}
    months = {month for month, _ in given}
    return any(date not in given if date[1] else date[0] not in months for date in days.dates(claim.text))


def changed_limit(claim: Claim) -> bool:
    """Whether a figure is the least where the quote has the most, or has lost or got a limit; or whether a price is for
    something else: per person, where it was per night."""
    known = figures(claim.quote)
    for figure in lasting_figures(claim.text):
        same = [other for other in known if other.is_same(figure)]
        if same and not any(_has_same_limit(figure, other, claim) for other in same):
            return True
    return False


def misplaced_figure(claim: Claim) -> bool:
    """Whether a figure is that of something else in the quote."""
    return misplaced(claim.text, claim.around, claim.translates) is not None


def lasting_figures(text: str) -> list[Figure]:
    """The figures of `text` that are no times of day or dates."""
    return figures(_masked(text))


def _masked(text: str) -> str:
    """`text` without times of day and dates."""
    shown = list(clock.clock_text(text))
    for time in clock.times(text):
        if time.sure:
            shown[time.start : time.end] = " " * (time.end - time.start)
    return "".join(shown)


def _is_known(figure: Figure, known: Sequence[Figure], named: Sequence[Figure], times: Sequence[Time]) -> bool:
    if any(figure.is_same(other) for other in known):
        return True
    if figure.value in _ONE_OF.get(figure.kind, ()) and not any(other.kind == figure.kind for other in known):
        # "A week costs €560."
        return True
    if figure.kind != "count":
        # "4 quarts (for 2 to 4 people) and 6 quarts (for 4 to 8)".
        counts = any(other.kind == "count" and other.value == figure.value for other in known)
        return counts and any(other.kind == figure.kind for other in known)
    # A name: Fibre 1000.
    if any(figure.is_same(other) for other in named):
        return True
    hours = {minute // 60 % 12 for time in times for minute in time.minutes}
    return figure.bound in ("from", "to") and figure.value <= 24 and figure.value % 12 in hours


def _has_same_limit(figure: Figure, other: Figure, claim: Claim) -> bool:
    said, given = _limit(figure), _limit(other)
    if said and given and said != given:
        return False
    in_range = not {"from", "to"}.isdisjoint((figure.bound, other.bound))
    # Of what takes time, a limit may be said or not: "within 3 weeks", "in 3 weeks".
    if bool(said) != bool(given) and not figure.takes_time and not in_range:
        return False
    return not figure.is_price or _is_for_the_same(figure, other, claim)


def _limit(figure: Figure) -> str:
    return figure.bound if figure.bound in _OPPOSITE else ""


def _is_for_the_same(figure: Figure, other: Figure, claim: Claim) -> bool:
    said = figure.rates | rates(claim.text) | named_rates(claim.text)
    return other.rates <= said and figure.rates <= other.rates | rates(claim.around) | named_rates(claim.around)


def _dates_of_relative_days(claim: Claim) -> Iterator[tuple[int, int]]:
    for day in days.relative(claim.text):
        for offset in day.days:
            date = claim.day(offset)
            yield date.month, date.day

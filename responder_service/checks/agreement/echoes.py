"""Figures, times and dates that a sentence takes from the customer: "yes, 8.5 m fits", where the quote has "up to 9 m".
They follow from the quote, or they are foreign to it."""

from collections.abc import Iterable

from responder_service.checks import clock, days
from responder_service.checks.agreement.others import answers_for_others
from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.clock import Time
from responder_service.checks.denials import denies, says_no
from responder_service.checks.figures import POUNDS, UNSAID, Figure, figures
from responder_service.checks.phrases import says_any_time, tells_a_case
from responder_service.checks.rates import CURRENCIES
from responder_service.checks.schedule import Hours, schedule
from responder_service.checks.wording import akin, content, is_ahead, is_earlier, is_gratis, is_later

_DAY = 24 * 60
# What a number of things is not.
_NO_THINGS = frozenset(["months", "times", "nights"])
# An order number, of which no article can speak.
_A_NAME = 1_000


def figure_follows(figure: Figure, claim: Claim) -> bool:
    """Whether the sentence says of the customer's figure what a limit or a range in the quote says of it: yes within,
    no beyond, and the reverse of what is not allowed. Or it only repeats their case, of which the quote says nothing
    else."""
    if not any(figure.is_same(asked) or asked.is_same(figure) for asked in figures(claim.customer)):
        return False
    part = next((part for part in claim.parts if any(figure == other for other in figures(part))), claim.text)
    if figure.bound in ("least", "most") and not says_no(part) and not tells_a_case(part, f"{figure.number:g}"):
        return False
    limits = [(limit, unit) for unit in units(claim.quote) for limit in limits_of(figures(unit))]
    alike = [(limit, unit) for limit, unit in limits if are_alike(figure, limit[0])]
    # How long ago something was says nothing of how long before something else it has to be.
    compared = [
        (limit, unit) for limit, unit in alike if not figure.takes_time or not is_earlier(unit) or is_ahead(part)
    ]
    if any(_agrees(figure, limit, part, unit) for limit, unit in compared):
        return True
    if compared and answers_for_others(claim):
        return True
    told = [limit for limit, unit in compared if denies(unit) or claim.translates]
    if any(other.is_same(limit[0]) for limit in told for other in figures(claim.text)) and not says_no(part):
        # "85 kg is fine, the most is 90": of what is told in full the verifier judges.
        return not any(is_within(figure, *limit) for limit, unit in compared if denies(unit))
    return not compared and _is_their_case(figure, part, claim)


def _is_their_case(figure: Figure, part: str, claim: Claim) -> bool:
    """Whether a figure of the customer's is told as theirs, "at 8", "with 10 days to go", or the quote has none that it
    could stand in the place of. An amount of money is never evidence, nor what says how long something lasts."""
    if figure.is_price or figure.number >= _A_NAME or (figure.lasts and figure.takes_time):
        return False
    # "All 4 rooms are $120" may be said of the price of one.
    is_priced = figure.kind == "count" and any(other.kind in CURRENCIES for other in figures(part))
    if not is_priced and not any(are_alike(figure, other) and not other.is_price for other in figures(claim.quote)):
        return True
    # "Valid for 3 years, so one from 2 years ago is."
    others = [other for other in figures(claim.quote) if are_alike(figure, other)]
    if any(told.is_same(other) for other in others for told in figures(claim.text)) and says_no(claim.text):
        # "50 would be too many: it seats 40."
        return True
    free = [other for other in others if not other.bound]
    is_beside = any(told.is_same(other) for other in free for told in figures(part)) and figure.kind != "minutes"
    return is_beside or tells_a_case(part, f"{figure.number:g}")


def _agrees(figure: Figure, limit: "Limit", part: str, unit: str) -> bool:
    """Beyond what is not allowed nothing follows."""
    within = is_within(figure, *limit)
    if denies(unit) and not is_gratis(unit):
        return within and says_no(part)
    return within != says_no(part)


Limit = tuple[Figure, Figure | None]


def limits_of(found: list[Figure]) -> Iterable[Limit]:
    """Each limit, and each range as its two ends."""
    for number, figure in enumerate(found):
        if figure.bound == "from" and number + 1 < len(found):
            yield figure, found[number + 1]
        elif figure.bound in ("least", "most"):
            yield figure, None


def are_alike(figure: Figure, limit: Figure) -> bool:
    """Whether a figure may be compared with a limit. "10 passes" are not months."""
    if (figure.counts and limit.kind in _NO_THINGS) or (limit.counts and figure.kind in _NO_THINGS):
        return False
    return (
        figure.kind == limit.kind
        or {figure.kind, limit.kind} == POUNDS
        or ("count" in (figure.kind, limit.kind) and {figure.kind, limit.kind} <= UNSAID)
    )


def is_within(figure: Figure, first: Figure, last: Figure | None) -> bool:
    same = figure.kind == first.kind
    value, least = (figure.value, first.value) if same else (figure.number, first.number)
    if last is not None:
        return least <= value <= (last.value if same else last.number)
    return value >= least if first.bound == "least" else value <= least


def time_follows(time: Time, part: str, claim: Claim) -> bool:
    """Whether `part` says of the customer's time what hours in the quote say of it."""
    if _is_moved(time, part, claim) or _is_the_end(time, part, claim):
        return True
    if clock.is_a_limit(part, time) or not any(time.minutes & asked.minutes for asked in clock.times(claim.customer)):
        return False
    hours = [
        each for entry in schedule(claim.around).entries if not entry.is_closed for each in entry.hours if each.end
    ]
    if says_any_time(claim.around):
        return True
    if not hours:
        known = _minutes(claim.around)
        speaks_of_opening = bool(days.opened(part) or days.closed(part))
        # "Until 2 pm" allows for 1 pm.
        return not known or any(min(known) < at < max(known) for at in time.minutes if not speaks_of_opening)
    # Of several hours the customer's time may be denied for one of them.
    return any(_is_during(time, each) != says_no(part) for each in hours)


def _is_moved(time: Time, part: str, claim: Claim) -> bool:
    """Whether it is a time of the quote's earlier or later by what the quote says of the same thing; where the quote
    has none, of the customer's or of the opening hours: "be here at 9:20", of "come 10 minutes early"."""
    if days.closed(part) or days.opened(part):
        return False
    own = any(given.sure for given in clock.times(claim.quote))
    known = _minutes(claim.quote) if own else _minutes(claim.customer) | _minutes(claim.hours)
    for unit in units(claim.quote):
        if not akin(content(part), content(unit)):
            continue
        way = -1 if is_earlier(unit) else 1 if is_later(unit) else 0
        moves = [int(f.value) for f in figures(clock.without_times(unit)) if f.kind == "minutes" and f.value < _DAY]
        if way and any((minute + way * move) % _DAY in time.minutes for minute in known for move in moves):
            return True
    return False


def _is_the_end(time: Time, part: str, claim: Claim) -> bool:
    """Whether it is when something ends whose beginning and length the sentence tells, as its quote does."""
    lengths = [f for f in figures(claim.quote) if f.kind == "minutes" and any(f.is_same(o) for o in figures(part))]
    begins = _minutes(claim.quote) & _minutes(part)
    if any((begin + int(f.value)) % _DAY in time.minutes for begin in begins for f in lengths):
        return True
    taken = [int(f.value) for f in figures(claim.quote) if f.kind == "minutes" and f.value < _DAY]
    ends = {asked + length for asked in _minutes(claim.customer) for length in (*taken, sum(taken))}
    return bool(taken) and any(end % _DAY in time.minutes for end in ends)


def _minutes(text: str) -> set[int]:
    return {minute for time in clock.times(text) for minute in time.minutes}


def _is_during(time: Time, hours: Hours) -> bool:
    return any(min(hours.begin) <= minute <= max(hours.end) for minute in time.minutes)


def duration_follows(figure: Figure, claim: Claim) -> bool:
    """Whether a figure is how long the hours in the quote last: 2 pm to 6 pm is 4 hours."""
    hours = [each for entry in schedule(claim.around).entries for each in entry.hours if each.end]
    return figure.kind == "minutes" and any(max(h.end) - max(h.begin) == figure.value for h in hours)

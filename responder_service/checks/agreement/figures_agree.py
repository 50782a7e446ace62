"""Whether the figures of a sentence are those of its quote: the same number of the same unit, with the same limit, for
the same thing."""

import re
from collections.abc import Sequence

from responder_service.checks import clock
from responder_service.checks.agreement import echoes
from responder_service.checks.agreement.belonging import misplaced
from responder_service.checks.agreement.numbers import asked_lengths, hours_asked, hours_quoted, number_follows
from responder_service.checks.agreement.sums import amount_follows, counts_follow, works_out
from responder_service.checks.claim import Claim
from responder_service.checks.denials import denies, says_no
from responder_service.checks.figures import Figure, digits, figures
from responder_service.checks.phrases import is_a_strict_limit, names_a_limit
from responder_service.checks.rates import named_rates, rates, strict_rates
from responder_service.checks.wording import goes_beyond, halves, is_gratis
from responder_service.checks.written import counted

# A quote may speak of one without saying so: "a pitch", "the day".
_ONE_OF = {"minutes": (60, 1440, 10080), "months": (1,), "nights": (1,), "business_days": (1,)}
_ANY_ONE = ("count", "persons", "adults", "children", "times", "nights")
_OPPOSITE = {"least": "most", "most": "least"}
# Of these a price is for one or for another.
_PERIODS = frozenset(["minutes 60", "minutes 1440", "minutes 10080", "months 1", "months 12", "nights 1"])
_PER_PIECE = frozenset(["pieces 1"])
_ADULTS = frozenset(["adults 1"])
_AGES = frozenset(["adults 1", "children 1"])
_HALF = 50
_FEW = (2, 3, 4)
_AT_HOUR = (
    r"\b(?:after|before|until|till|by|at|from|since|past|around|about|"
    r"nach|vor|bis|um|ab|seit|après|avant|jusqu'à|à|dès) "
)
# No limit: "it's past 10", "your train at 5".
_AROUND_HOUR = r"\b(?:at|past|around|about|um|gegen|à|vers|a las|sobre las) "
_DAY_HOURS = 24
_THE = r"\b(?:the|our|all|die|alle|los|las|les|nos) "


def foreign_figure(claim: Claim) -> bool:
    """Whether a number, with its unit, stands in the sentence and not in its quote, nor follows from it."""
    known = [*figures(claim.quote), *figures(claim.heading), *figures(counted(claim.quote))]
    return any(
        not _is_known(figure, known, claim)
        and not echoes.figure_follows(figure, claim)
        and not echoes.duration_follows(figure, claim)
        and not amount_follows(figure, claim)
        and not counts_follow(figure, claim)
        and not number_follows(figure, claim)
        for figure in lasting_figures(claim.text)
    )


def added_rate(claim: Claim) -> bool:
    """Whether something is said to be per week, or per any other time, that the quote does not say."""
    known = rates(claim.around) | named_rates(claim.around)
    return bool(strict_rates(claim.text) & _PERIODS - known)


def changed_limit(claim: Claim) -> bool:
    """Whether a figure is the least where the quote has the most, or a price has lost or got a limit, or is for
    something else: per week, where it was per night."""
    known = figures(claim.quote)
    for figure in lasting_figures(claim.text):
        same = [other for other in known if other.is_same(figure)]
        if same and all(_differs(figure, other, claim) for other in same):
            return True
    return False


def misplaced_figure(claim: Claim) -> bool:
    """Whether a figure is that of something else in the quote."""
    return misplaced(claim.text, claim.around, claim.customer, claim.translates) is not None


def lasting_figures(text: str) -> list[Figure]:
    """The figures of `text` that are not times of day or dates."""
    return figures(clock.without_times(text))


def _is_known(figure: Figure, known: Sequence[Figure], claim: Claim) -> bool:
    if any(figure.is_same(other) for other in known):
        return True
    # "A week costs €560."
    is_one = figure.number == 1 and figure.value in _ONE_OF.get(figure.kind, ())
    is_rate = f"{figure.kind} {figure.value:g}" in rates(claim.around) | named_rates(claim.around)
    is_one = is_one and (is_rate or not any(other.kind == figure.kind for other in known))
    if is_one or (figure.number == 1 and figure.kind in _ANY_ONE):
        return True
    if figure.is_price:
        return _is_known_price(figure, claim)
    if figure.kind != "count":
        # "4 quarts (for 2 to 4 people) and 6 quarts (for 4 to 8)".
        counts = any(other.kind == "count" and other.number == figure.number for other in known)
        return counts and any(other.kind == figure.kind for other in known)
    return _is_known_number(figure, known, claim)


def _is_known_price(figure: Figure, claim: Claim) -> bool:
    """Whether it is a half, or nothing, as the quote says in words, or what the customer pays of which it is worked
    out what they get: "at €250 a month the deposit would be €500"."""
    if figure.kind == "percent" and figure.value == _HALF:
        return halves(claim.quote)
    if figure.value == 0:
        return is_gratis(claim.quote)
    return works_out(claim) and any(figure.number == asked.number for asked in figures(claim.customer))


def _is_known_number(figure: Figure, known: Sequence[Figure], claim: Claim) -> bool:
    """Whether a bare number is an hour of the quote, "after 12", or counts its list, "the three that are a must"."""
    said, number = digits(claim.text), f"{figure.number:g}"
    is_hour = figure.value <= _DAY_HOURS
    if is_hour and figure.value % 12 in hours_asked(claim) and re.search(rf"{_AROUND_HOUR}{number}\b", said):
        return True
    if is_hour and figure.value % 12 in hours_asked(claim) and denies(claim.text):
        # "By 7 we are closed."
        return re.search(rf"{_AT_HOUR}{number}\b", said) is not None
    if is_hour and figure.value % 12 in hours_quoted(claim):
        return figure.bound in ("from", "to") or re.search(rf"{_AT_HOUR}{number}\b", said) is not None
    counts = any(other.kind == "count" for other in known)
    counts = counts or any(other.is_price for other in figures(claim.text))
    return figure.value in _FEW and not counts and re.search(rf"{_THE}{number}\b", said) is not None


def _differs(figure: Figure, other: Figure, claim: Claim) -> bool:
    said, given = _limit(figure), _limit(other)
    if said and given and said != given:
        # "Not before", "no longer than".
        turned = denies(claim.text) or denies(claim.around) or goes_beyond(claim.around) or says_no(claim.text)
        return not (turned or _is_beyond(other, claim))
    if not figure.is_price:
        return False
    in_range = not {"from", "to"}.isdisjoint((figure.bound, other.bound))
    # "A cut for women starts at €45, for men at €28."
    is_understood = any(said == _limit(f) and f.kind == figure.kind for f in figures(claim.around))
    changes = bool(said) != bool(given) and not in_range and not (said and is_understood)
    changes = changes and not names_a_limit(claim.text) and not works_out(claim)
    return changes or _is_for_another(figure, other, claim)


def _is_beyond(limit: Figure, claim: Claim) -> bool:
    """Whether the customer's case is beyond a limit of the quote, so that the sentence tells what they are: "over 4
    hours" to somebody who stays for 5."""
    if not is_a_strict_limit(claim.text, f"{limit.number:g}"):
        return False
    asked = [f for f in figures(claim.customer) if echoes.are_alike(f, limit)]
    if limit.kind == "minutes":
        asked += [Figure("minutes", length, number=length) for length in asked_lengths(claim)]
    return bool(asked) and not any(echoes.is_within(figure, limit, None) for figure in asked)


def _limit(figure: Figure) -> str:
    return figure.bound if figure.bound in _OPPOSITE else ""


def _is_for_another(figure: Figure, other: Figure, claim: Claim) -> bool:
    # What nobody named is for adults.
    adults = _ADULTS if not named_rates(f"{claim.text}\n{claim.customer}") & _AGES else frozenset[str]()
    told = (
        adults | figure.rates | rates(claim.text) | named_rates(claim.text) | named_rates(claim.customer) | _PER_PIECE
    )
    # "For the other ten at €60 each" is for persons.
    is_each = bool(figure.rates & _PER_PIECE) and other.rates.isdisjoint(_PERIODS)
    if other.rates and not other.rates <= told and not is_each and not works_out(claim):
        return True
    named = rates(claim.around) | named_rates(claim.around)
    said, given = figure.rates & _PERIODS, other.rates & _PERIODS
    if said and not said & (given or named):
        return True
    said, given = figure.rates & _AGES, other.rates & _AGES
    return bool(said and given) and not said & given

"""Whether a limit of a quote is left out though it matters: "free within 5 km" told as "free". What the customer says
of themselves decides it: within the limit it need not be told, beyond it what is said does not hold for them."""

import re
from collections.abc import Sequence

from responder_service.checks import clock, dates
from responder_service.checks.agreement.days_follow import ahead
from responder_service.checks.agreement.echoes import Limit, are_alike, is_within, limits_of
from responder_service.checks.agreement.figures_agree import lasting_figures
from responder_service.checks.agreement.numbers import asked_lengths, days_since
from responder_service.checks.agreement.others import answers_for_others
from responder_service.checks.agreement.segments import cases, told_figures
from responder_service.checks.agreement.sums import works_out
from responder_service.checks.claim import Claim
from responder_service.checks.denials import denies, limits, opens_with_no, says_no
from responder_service.checks.figures import Figure, figures
from responder_service.checks.phrases import speaks_to
from responder_service.checks.rates import CURRENCIES, named_rates
from responder_service.checks.wording import akin, content, has_verb, is_ahead, is_earlier

_LIST = re.compile(r",\s(?:(?:and|or|y|o|et|ou|und|oder)\s)?|\s(?:and|or|nor|y|o|ni|et|ou|und|oder)\s")
_DAY = 24 * 60


def loses_limit(unit: str, claim: Claim) -> bool:
    """Whether a figure or a time of this part of the quote that limits what is said is left out."""
    if refuses_for_another(claim) or _is_one_of_several(unit, claim):
        return False
    said = figures(claim.draft)
    numbers = {figure.number for figure in said}
    if dates.mentioned(claim.text) and not dates.mentioned(claim.around):
        # "By June 6" is counted from what it is: so many days ahead.
        return any(figure.number not in numbers for figure in _limiting(unit, claim, said) if not figure.takes_time)
    if any(figure.number not in numbers for figure in _limiting(unit, claim, said)):
        return True
    # Another time in the draft may be what this one is about.
    given = frozenset[int]().union(*(time.minutes for time in clock.times(unit)))
    told = [t for t in clock.times(claim.draft) if t.sure or t.minutes & given or t.minutes & _minutes(claim.customer)]
    return bool(clock.bounds(unit)) and not told


def _minutes(text: str) -> set[int]:
    return {minute for time in clock.times(text) for minute in time.minutes}


def goes_beyond(unit: str, claim: Claim) -> bool:
    """Whether what the customer says of themselves is beyond a limit or a range of this part of the quote, and the
    sentence says what holds within it: "yes, for your 12-year-old", where it is for children under 10."""
    if (
        says_no(claim.text)
        or opens_with_no(claim.text)
        or "if" in limits(unit)
        or _is_one_of_several(unit, claim)
        or answers_for_others(claim)
    ):
        return False
    told = {figure.number for figure in figures(claim.draft)}
    found = [limit for limit in limits_of(lasting_figures(unit)) if limit[0].number not in told]
    found = [limit for limit in found if not _is_of_something_else(limit[0], unit, claim)]
    return any(_is_beyond(limit, unit, claim) for limit in found)


def _is_beyond(limit: Limit, unit: str, claim: Claim) -> bool:
    asked = _asked(limit, unit, claim)
    within = [is_within(other, *limit) for other in asked]
    return bool(within) and (all(within) if denies(unit) else not any(within))


def meets_a_limit(claim: Claim) -> bool:
    """Whether what the customer says of themselves is within one of several limits of the quote, or the draft tells
    one: then it is not the others that the sentence is about."""
    told = {figure.number for figure in figures(claim.draft)}
    for limit in limits_of(lasting_figures(claim.around)):
        asked = [other for other in figures(claim.customer) if are_alike(other, limit[0])]
        if asked and (limit[0].number in told or all(is_within(other, *limit) for other in asked)):
            return True
    return False


def refuses_for_another(claim: Claim) -> bool:
    """Whether the sentence refuses for one limit of the quote, and tells that: then it need not tell the others."""
    said = figures(claim.draft)
    refuses = opens_with_no(claim.draft) and (says_no(claim.text) or "only" in limits(claim.text))
    return refuses and any(f.bound and any(f.is_same(o) for o in said) for f in figures(claim.around))


def _is_one_of_several(unit: str, claim: Claim) -> bool:
    """Whether a sentence that tells none of its figures may be of any of several cases."""
    found = cases(unit)
    return len(found) > 1 and told_figures(claim.text) != [] and not _tells(unit, claim)


def _tells(unit: str, claim: Claim) -> bool:
    said = told_figures(claim.text)
    return any(figure.is_same(other) for figure in told_figures(unit) for other in said)


def _limiting(unit: str, claim: Claim, said: Sequence[Figure]) -> list[Figure]:
    """The figures of a part of the quote that limit what is said, and that the customer's case does not meet."""
    given = lasting_figures(unit)
    # What has a figure of that kind from here is about that one: women from €45, men from €28.
    told = {f.kind for f in figures(unit) if any(f.is_same(other) for other in said)}
    quoted = figures(claim.quote)
    found = [f for f in given if f.kind not in told]
    found = [f for f in found if f.bound in ("least", "most") or (f.lasts and f.takes_time and f in quoted)]
    if any(time.minutes & at.minutes for time in clock.times(claim.draft) for at in clock.times(unit) if at.sure):
        # "From 10:00 until half an hour before we close": asked about 9, it says 10.
        found = [f for f in found if not f.takes_time]
    if any(figure.is_price for figure in figures(unit)):
        # "$115 for the full day" needs no figure; "free for one hour" is another thing.
        named = named_rates(claim.draft)
        found = [f for f in found if f.number != 1 or f"{f.kind} {f.value:g}" not in named]
    found = [f for f in found if not any(is_so((f, None), unit, claim) for is_so in (_is_met, _is_refused))]
    return [f for f in found if not _is_of_something_else(f, unit, claim)]


def _is_refused(limit: Limit, unit: str, claim: Claim) -> bool:
    """Whether the draft says no to a customer whose case is beyond the limit: then it need not be told."""
    asked = _asked(limit, unit, claim)
    return bool(asked) and opens_with_no(claim.draft) and not any(is_within(other, *limit) for other in asked)


def _is_met(limit: Limit, unit: str, claim: Claim) -> bool:
    """Whether all that the customer wrote is within a limit of the quote, and the sentence speaks of their case: "your
    son pays $22", where it is for children up to 10."""
    asked = _asked(limit, unit, claim)
    speaks_of_them = (
        speaks_to(claim.text) or works_out(claim) or any(f.is_same(o) for f in figures(claim.text) for o in asked)
    )
    return bool(asked) and all(is_within(other, *limit) for other in asked) and speaks_of_them


def _asked(limit: Limit, unit: str, claim: Claim) -> list[Figure]:
    """The customer's figures that are compared with a limit, and how many days ago or ahead their date is."""
    if limit[0].takes_time and is_earlier(unit) and not is_ahead(claim.customer):
        # How long ago something was says nothing of how long before something else it has to be.
        return [Figure("minutes", day * _DAY, number=day) for day in ahead(claim) if limit[0].kind == "minutes"][-1:]
    asked = [other for other in figures(claim.customer) if are_alike(other, limit[0])]
    if limit[0].kind in CURRENCIES and not asked:
        asked += [other for other in figures(claim.customer) if other.kind == "count" and not other.counts]
    if limit[0].kind == "minutes" and not asked:
        asked += [Figure("minutes", length, number=length) for length in asked_lengths(claim)]
    if limit[0].kind == "minutes" and limit[0].value >= _DAY:
        asked += [Figure("minutes", days * _DAY, number=days) for days in days_since(claim)]
    return asked


def _is_of_something_else(figure: Figure, unit: str, claim: Claim) -> bool:
    """Whether a figure is of a thing, one of several in a list, that the sentence does not speak of: "students under 26
    and nurses"."""
    if claim.translates:
        return False
    spoken = content(f"{claim.draft}\n{claim.customer}")
    members = _LIST.split(unit)
    own = [
        member
        for member in members
        if any(f.number == figure.number for f in lasting_figures(member)) and not has_verb(member)
    ]
    others = [member for member in members if member not in own]
    return (
        bool(own) and not any(akin(content(m), spoken) for m in own) and any(akin(content(m), spoken) for m in others)
    )

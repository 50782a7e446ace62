"""Whether a sentence denies what its quote denies, and nothing else, as far as the words tell: what is said in quite
other words, the verifier has to judge."""

from collections.abc import Sequence

from responder_service.checks import clock
from responder_service.checks.agreement.left_out import affirms_what_is_left_out
from responder_service.checks.agreement.units import PART, near, units
from responder_service.checks.claim import Claim
from responder_service.checks.dates import dates
from responder_service.checks.days import weekdays
from responder_service.checks.denials import (
    conditions,
    denies,
    denies_all,
    is_a_duty,
    is_no_duty,
    limits,
    opens_with_no,
)
from responder_service.checks.figures import figures
from responder_service.checks.phrases import opens_with_yes
from responder_service.checks.wording import akin, content


def contradicts(claim: Claim) -> bool:
    """Whether the sentence denies what its quote says, or says what that denies, as far as both use the same words."""
    given = units(claim.around)
    if claim.translates:
        # "We lend none, so bring yours": beside a denial code cannot tell what else follows, but a yes does not.
        denied = [part for part in claim.parts if denies(part) and not opens_with_yes(claim.text)]
        differs = any(_is_of_another_mind_abroad(part, given) for part in denied or claim.parts)
    else:
        # "May 1 is a holiday, so we're closed": what a refusal rests on denies nothing itself.
        refuses = opens_with_no(claim.text)
        told = [part for part in claim.parts if denies(part) or not refuses]
        differs = any(_is_of_another_mind(part, given, content(claim.heading)) for part in told)
    return differs or _turns_duty(claim, given) or affirms_what_is_left_out(claim)


def _is_of_another_mind(part: str, given: Sequence[str], named: frozenset[str]) -> bool:
    """Whether that part of the quote which is about the same denies what is said here, or the reverse. What is `named`
    above the quote is understood in it."""
    said = content(part)
    said = said - akin(said, named) or said
    if not said:
        return False
    if denies(part):
        if any(denies(unit) and akin(content(unit), said) for unit in given):
            return False
        close = near(said, given, PART)
        # "Only in cabins 1 to 4" is a no to cabin 7.
        if denies_all(part):
            return bool(close)
        return bool(close) and not any(denies(unit) or _has_another_limit(unit, part) for unit in close)
    close = near(said, given)
    # "Leave without touching a switch" denies as well; "we stay in only if it storms" turns what is denied.
    if not (_denies_by_without(part, given) or limits(part) & {"only", "except"}) and any(
        denies(unit) and len(content(unit)) > 1 and content(unit) <= akin(content(unit), content(part))
        for unit in given
    ):
        return True
    return bool(close) and all(map(denies, close)) and not limits(part)


def _denies_by_without(part: str, given: Sequence[str]) -> bool:
    """Whether what is to be left out is all that a part of the quote denies: that one may not paddle without a life
    vest denies more."""
    denied = content(" ".join(conditions(part, "without")))
    known = [content(unit) - content(" ".join(conditions(unit, "if"))) for unit in given if denies(unit)]
    return bool(denied) and any(
        words and words <= akin(words, denied) and denied <= akin(denied, words) for words in known
    )


def _is_of_another_mind_abroad(part: str, given: Sequence[str]) -> bool:
    """The same of a translation, whose words are not compared: what denies nothing bears out no denial, and what only
    denies bears out nothing else."""
    if not content(part):
        return False
    if denies(part):
        return not any(denies(unit) or has_a_limit(unit) or figures(unit) for unit in given)
    clauses = [clause for unit in given for clause in unit.split(", ")]
    return all(map(denies, clauses)) and not has_a_limit(part)


def has_a_limit(text: str) -> bool:
    """Whether `text` says something on a condition, or of some only, so that it may be a no to others."""
    bounded = any(figure.bound for figure in figures(text)) or bool(weekdays(text)) or bool(dates(text))
    return bool(limits(text)) or bounded or bool(clock.times(text)) or is_a_duty(text)


def _has_another_limit(unit: str, part: str) -> bool:
    """Whether `unit` has a limit that `part` does not repeat."""
    repeats = limits(unit) <= limits(part) and all(any(f.is_same(o) for o in figures(part)) for f in figures(unit))
    return has_a_limit(unit) and not (repeats and figures(unit))


def _turns_duty(claim: Claim, given: Sequence[str]) -> bool:
    """Whether what must be need not be, or the reverse."""
    for part in claim.parts:
        must, need_not = is_a_duty(part), is_no_duty(part)
        if must is need_not:
            continue
        said = content(part)
        turned = is_no_duty if must else is_a_duty
        same = [unit for unit in given if claim.translates or akin(said, content(unit))]
        if any(map(turned, same)) and not any((is_a_duty if must else is_no_duty)(unit) for unit in same):
            return True
    return False

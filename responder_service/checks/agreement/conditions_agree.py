"""Whether a sentence holds on the conditions of its quote, and on no others."""

from responder_service.checks import dates
from responder_service.checks.agreement.denials_agree import has_a_limit
from responder_service.checks.agreement.limits_agree import goes_beyond, loses_limit, meets_a_limit, refuses_for_another
from responder_service.checks.agreement.segments import cases, told_figures
from responder_service.checks.agreement.units import PART, units
from responder_service.checks.claim import Claim
from responder_service.checks.denials import conditions, denies, limits
from responder_service.checks.figures import figures
from responder_service.checks.phrases import gives_a_reason
from responder_service.checks.wording import akin, content, is_gratis, is_later, leaves_open, parts, qualifiers, share

_FEW = 2


def loses_condition(claim: Claim) -> bool:
    """Whether the quote says it on a condition, or within a limit, of which nothing is left in the draft."""
    if refuses_for_another(claim):
        return False
    used = _cases_told(claim) or _parts_told(claim)
    if used and all(_loses(case, claim) or goes_beyond(case, claim) for case in used):
        return True
    if meets_a_limit(claim):
        return False
    return any(goes_beyond(unit, claim) for unit in units(claim.around) if unit not in used and not _has_cases(unit))


def _has_cases(unit: str) -> bool:
    """Whether a part of the quote has a price, or several cases, of which one may be meant."""
    return len(cases(unit)) > 1 or is_gratis(unit) or any(figure.is_price for figure in figures(unit))


def _cases_told(claim: Claim) -> list[str]:
    """The cases of the quote whose figures the sentence tells: those of the others need no word."""
    said = told_figures(claim.text)
    found = [case for unit in units(claim.around) for case in cases(unit)]
    return [case for case in found if any(f.is_same(other) for f in told_figures(case) for other in said)]


def _parts_told(claim: Claim) -> list[str]:
    """The parts of the quote with most of the sentence's words. Of a translation only one that has no other part."""
    given = units(claim.around)
    if len(given) < _FEW:
        return given
    said = content(claim.text)
    shares = [(share(said, content(unit)), unit) for unit in given]
    most = max(held for held, _ in shares)
    return [unit for held, unit in shares if held == most >= PART and not claim.translates]


def _loses(unit: str, claim: Claim) -> bool:
    kinds = limits(unit)
    if any(_is_lost(unit, kind, claim) for kind in kinds if not _is_limited(claim, kind)):
        return True
    said = qualifiers(f"{claim.draft}\n{claim.customer}")
    # "Unused" is "sin usar", and "not used".
    paraphrased = denies(claim.draft) or "without" in limits(claim.draft)
    # A "broken nail" is repaired, and has other words elsewhere.
    needed = {
        group: members - ({"damaged"} if claim.translates else set()) for group, members in qualifiers(unit).items()
    }
    lost = any(not members <= said.get(group, frozenset()) for group, members in needed.items())
    return (lost and not paraphrased) or loses_limit(unit, claim)


def _is_limited(claim: Claim, kind: str) -> bool:
    """Whether the draft has a condition in the place of one of this kind: which one it is, the verifier compares."""
    found = limits(claim.draft)
    if kind == "if" and gives_a_reason(claim.draft):
        return True
    return kind in found or bool(found - {"without"}) or any(map(denies, parts(claim.draft)))


def _is_lost(unit: str, kind: str, claim: Claim) -> bool:
    """Whether neither words nor figures of this condition are left."""
    if kind in ("some", "then"):
        # "Otherwise it costs €18" is told with its figure, and "for an hour afterwards" with an "after".
        return not (kind == "then" and (is_later(claim.draft) or _tells_price(unit, claim)))
    said = f"{claim.draft}\n{claim.customer if kind == 'if' else ''}"
    for condition in conditions(unit, kind):
        # "In cabins 1 to 4 only"; "all but the brioche are vegan".
        first = next((word for word in condition.split() if content(word)), "") if kind == "except" else ""
        needed, counted = content(first or condition), figures(condition)
        if not needed and kind == "if":
            # "If you come after 8 pm": the customer may have said so.
            continue
        if not needed and not counted:
            counted = [figure for figure in figures(unit) if figure.kind == "count"]
            needed = frozenset() if counted else content(unit)
        known = figures(said)
        if any(figure.is_same(other) for figure in counted for other in known):
            continue
        if needed and claim.translates:
            # "Except in January" is told in any language.
            if dates.dates(condition) and not dates.dates(said):
                return True
            continue
        if (counted and not needed) or (needed and not akin(needed, content(said))):
            return True
    return False


def _tells_price(unit: str, claim: Claim) -> bool:
    said = [figure for figure in figures(claim.text) if figure.is_price]
    return any(figure.is_same(other) for figure in figures(unit) for other in said)


def adds_condition(claim: Claim) -> bool:
    """Whether the sentence has a condition, and its quote none at all."""
    kinds = limits(claim.text) & ({"only", "except"} if claim.translates else {"only", "except", "if"})
    if "if" in kinds and any(akin(content(c), content(claim.evidence)) for c in conditions(claim.text, "if")):
        kinds -= {"if"}
    return bool(kinds) and not any(map(denies, units(claim.around))) and not _has_others(claim)


def _has_others(claim: Claim) -> bool:
    """Whether the quote has a condition as well, or says what holds for all others."""
    return has_a_limit(claim.evidence) or leaves_open(claim.around)

"""Whether a sentence holds on the conditions of its quote, and on no others."""

import re
from collections.abc import Sequence

from responder_service.checks import clock
from responder_service.checks.agreement.denials_agree import has_a_limit
from responder_service.checks.agreement.echoes import is_met
from responder_service.checks.agreement.figures_agree import lasting_figures
from responder_service.checks.agreement.units import PART, units
from responder_service.checks.claim import Claim
from responder_service.checks.figures import Figure, digits, figures, named_rates
from responder_service.checks.wording import (
    akin,
    conditions,
    content,
    denies,
    leaves_open,
    limits,
    opens_with_no,
    parts,
    qualifiers,
    share,
)

_FEW = 2


def loses_condition(claim: Claim) -> bool:
    """Whether the quote says it on a condition, or within a limit, of which nothing is left in the draft."""
    return any(used and all(_loses(unit, claim) for unit in used) for used in _used(claim))


def _loses(unit: str, claim: Claim) -> bool:
    kinds = limits(unit)
    if any(_is_lost(unit, kind, claim) for kind in kinds if not _is_limited(claim, kind)):
        return True
    said = qualifiers(f"{claim.draft}\n{claim.customer}")
    # "Unused" is "sin usar", and "not used".
    paraphrased = denies(claim.draft) or "without" in limits(claim.draft)
    lost = any(not members <= said.get(group, frozenset()) for group, members in qualifiers(unit).items())
    return (lost and not paraphrased) or _loses_figure(unit, claim)


def _is_limited(claim: Claim, kind: str) -> bool:
    """Whether the draft has a condition in the place of one of this kind: which one it is, the verifier compares."""
    found = limits(claim.draft)
    return kind in found or bool(found - {"without"}) or any(map(denies, parts(claim.draft)))


def _is_lost(unit: str, kind: str, claim: Claim) -> bool:
    """Whether neither words nor figures of this condition are left."""
    if kind in ("some", "then"):
        return True
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
        if (counted and not needed) or (needed and (claim.translates or not akin(needed, content(said)))):
            return True
    return False


def adds_condition(claim: Claim) -> bool:
    """Whether the sentence has a condition, and its quote none at all."""
    kinds = limits(claim.text) & ({"only", "except"} if claim.translates else {"only", "except", "if"})
    if "if" in kinds and any(akin(content(c), content(claim.evidence)) for c in conditions(claim.text, "if")):
        kinds -= {"if"}
    return bool(kinds) and not any(map(denies, units(claim.around))) and not _has_others(claim)


def _has_others(claim: Claim) -> bool:
    """Whether the quote has a condition as well, or says what holds for all others."""
    return has_a_limit(claim.evidence) or leaves_open(claim.around)


def _used(claim: Claim) -> tuple[Sequence[str], Sequence[str]]:
    """The parts of the quote that the sentence repeats: those with most of its words, and those with its figures."""
    given = units(claim.around)
    if len(given) < _FEW:
        return given, ()
    if claim.translates:
        return (), _with_its_figures(claim, given)
    said = content(claim.text)
    shares = [(share(said, content(unit)), unit) for unit in given]
    most = max(held for held, _ in shares)
    return [unit for held, unit in shares if held == most >= PART], _with_its_figures(claim, given)


def _with_its_figures(claim: Claim, given: Sequence[str]) -> list[str]:
    said = figures(claim.text)
    return [unit for unit in given if any(f.is_same(other) for f in figures(unit) for other in said)]


def _is_of_something_else(figure: Figure, unit: str, claim: Claim) -> bool:
    """Whether a figure is of a thing, first of several, that the sentence does not speak of: "children under 8 and
    pets"."""
    before = re.match(rf"((?:[^\W\d]+\W+){{1,4}}){figure.number:g} (?:and|or|y|o|et|ou|und|oder)\b", digits(unit))
    named = content(before[1]) if before else frozenset[str]()
    return bool(named) and not claim.translates and not akin(named, content(f"{claim.draft}\n{claim.customer}"))


def _loses_figure(unit: str, claim: Claim) -> bool:
    """Whether a figure that limits what is said is left out. What is refused for one limit need not tell the others."""
    said = figures(claim.draft)
    refuses = opens_with_no(claim.draft) and (denies(claim.text) or "only" in limits(claim.text))
    if refuses and any(f.bound and any(f.is_same(o) for o in said) for f in figures(claim.around)):
        return False
    # What has a figure of that kind from here is about that one: women from €45, men from €28.
    told = {f.kind for f in figures(unit) if any(f.is_same(other) for other in said)}
    limiting = [f for f in lasting_figures(unit) if f.kind not in told]
    quoted = figures(claim.quote)
    limiting = [f for f in limiting if f.bound in ("least", "most") or (f.lasts and f.takes_time and f in quoted)]
    if any(
        time.minutes & given.minutes for time in clock.times(claim.draft) for given in clock.times(unit) if given.sure
    ):
        # "From 10:00 until half an hour before we close": asked about 9, it says 10.
        limiting = [f for f in limiting if not f.takes_time]
    if any(figure.is_price for figure in figures(unit)):
        # "$115 for the full day" needs no figure; "free for one hour" is another thing.
        named = named_rates(claim.draft)
        limiting = [f for f in limiting if f.number != 1 or f"{f.kind} {f.value:g}" not in named]
    limiting = [f for f in limiting if not _is_of_something_else(f, unit, claim) and not is_met(f, claim)]
    if any(not any(f.is_same(other) for other in said) for f in limiting):
        return True
    # Another time in the draft may be what this one is about.
    given = frozenset[int]().union(*(time.minutes for time in clock.times(unit)))
    return bool(clock.bounds(unit)) and not any(t.sure or t.minutes & given for t in clock.times(claim.draft))

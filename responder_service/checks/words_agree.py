"""Whether the words of a sentence say what its quote says: what is named, what is denied, and on what conditions."""

import re

from responder_service.checks import claims, clock, names
from responder_service.checks.claim import Claim
from responder_service.checks.figures import figures
from responder_service.checks.figures_agree import lasting_figures
from responder_service.checks.plain_text import sentences
from responder_service.checks.wording import (
    akin,
    conditions,
    content,
    denies,
    is_gratis,
    limits,
    parts,
    qualifiers,
    rivals,
    says_something,
    share,
    subject,
    universals,
)

# Shares of a part's telling words. What the quote must have to be about the same; what a sentence must share with it at
# least; and how many may be the customer's alone.
_SAME, _GROUNDED, _PRESUMED = 0.5, 0.4, 0.33
_FEW_WORDS = 2
_ELLIPTIC = re.compile(r"(?:(?:and|but|pero|mais|aber|sondern|y|et|und)\s)?(?:not|nicht|no|pas|ni)\b")
_CAPITAL_NOUNS = "de"


def foreign_name(claim: Claim) -> bool:
    """Whether somebody or something is named that the quote does not name; what is offered only here may be denied of
    elsewhere."""
    said = names.names(claim.text, claim.language == _CAPITAL_NOUNS)
    unknown = names.missing(said, claim.evidence)
    return bool(unknown) and not ("only" in limits(claim.around) and denies(claim.text))


def foreign_offer(claim: Claim) -> bool:
    """Whether something is said to be free, reduced, refunded or the like, and the quote does not say so."""
    if is_gratis(claim.text) and not is_gratis(claim.evidence):
        return True
    return not claims.offers(claim.text) <= claims.offers(claim.evidence)


def contradicts(claim: Claim) -> bool:
    """Whether the sentence denies what its quote says, or says what that denies."""
    given = _units(claim.around)
    minds = {denies(unit) for unit in given}
    for part in claim.parts:
        said, no = content(part), denies(part)
        if len(minds) == 1 and no not in minds and _is_a_statement(part):
            if not (no and "only" in limits(claim.around)):
                return True
        elif not claim.translates and _is_of_another_mind(part, said, no, given):
            return True
    return False


def _is_of_another_mind(part: str, said: frozenset[str], no: bool, given: list[str]) -> bool:
    """Whether that part of the quote which is about the same denies what is said here, or the reverse."""
    if len(said) < _FEW_WORDS:
        return False
    near = _nearest(said, given)
    if len({denies(unit) for unit in near}) > 1:
        near = _nearest(subject(part), near) or near
    if near and no not in {denies(unit) for unit in near}:
        return True
    return not no and any(
        denies(unit) and len(content(unit)) > 1 and content(unit) <= akin(content(unit), said) for unit in given
    )


def loses_condition(claim: Claim) -> bool:
    """Whether the quote says it on a condition, or within a limit, that the draft does not mention."""
    used = _used(claim)
    for unit in used:
        if not _loses(unit, claim):
            return False
    return bool(used)


def _loses(unit: str, claim: Claim) -> bool:
    kinds = limits(unit) - (limits(claim.draft) - {"except"})
    if claim.translates:
        kinds -= limits(claim.draft)
    if any(_is_lost(condition, kind, claim) for kind in kinds for condition in conditions(unit, kind)):
        return True
    said = qualifiers(f"{claim.draft}\n{claim.customer}")
    # "Unused" is "sin usar", and "not used".
    paraphrased = denies(claim.draft) or "without" in limits(claim.draft)
    lost = any(not members <= said.get(group, frozenset()) for group, members in qualifiers(unit).items())
    if lost and not paraphrased:
        return True
    return _loses_figure(unit, claim)


def adds_condition(claim: Claim) -> bool:
    """Whether the sentence has a condition that its quote does not have."""
    known = content(claim.evidence)
    for kind in limits(claim.text) - limits(claim.evidence) - {"then", "some"}:
        if kind == "only" and (denies(claim.around) or figures(claim.text)):
            continue
        if kind == "without" and (denies(claim.around) or qualifiers(claim.around)):
            continue
        stated = [content(condition) for condition in conditions(claim.text, kind)]
        if kind == "if" and all(claim.translates or not words_ or share(words_, known) >= _SAME for words_ in stated):
            continue
        return True
    return False


def generalizes(claim: Claim) -> bool:
    """Whether the sentence holds for all, and its quote only for some."""
    if denies(claim.text) or not universals(claim.text):
        return False
    return not universals(claim.evidence) and not denies(claim.around)


def means_another(claim: Claim) -> bool:
    """Whether the sentence names one thing where its quote names another of the same group: cats for dogs."""
    given = rivals(claim.around)
    named = rivals(claim.heading)
    for group, members in rivals(claim.text).items():
        known = given.get(group, frozenset())
        if known and not members <= known | named.get(group, frozenset()):
            return True
    return False


def is_ungrounded(claim: Claim) -> bool:
    """Whether too few of the words of the sentence stand in its quote."""
    if claim.translates:
        return False
    known = content(claim.evidence)
    for sentence in sentences(claim.text):
        said = content(sentence)
        if said and share(said, known) < (_GROUNDED if len(said) > _FEW_WORDS else 0.01):
            return True
    return False


def presumes(claim: Claim) -> bool:
    """Whether a part of the sentence says of something that only the customer speaks of what its quote says of another:
    "yes, we ship to Mexico"."""
    if claim.translates:
        return False
    known, asked = content(claim.evidence), content(claim.customer)
    for part in claim.parts:
        said = content(part)
        foreign = akin(said - akin(said, known), asked)
        if foreign and not denies(part) and len(foreign) >= _PRESUMED * len(said):
            return True
    return False


def says_nothing(claim: Claim) -> bool:
    """Whether there is nothing in the whole draft that could be checked, such as "Yes!"."""
    return not any(map(says_something, parts(claim.draft)))


def _units(text: str) -> list[str]:
    """The parts of a quote; "but not in the cabins" is of what the part before it is about."""
    found: list[str] = []
    for sentence in sentences(text):
        lead = ""
        for part in parts(sentence):
            found.append(f"{lead} {part}" if lead and _ELLIPTIC.match(part) else part)
            lead = lead or " ".join(subject(part))
    return found


def _nearest(said: frozenset[str], units: list[str], least: float = _SAME) -> list[str]:
    """The parts of the quote that have most of the words, if they have enough."""
    shares = [(share(said, content(unit)), unit) for unit in units]
    most = max((held for held, _ in shares), default=0.0)
    return [unit for held, unit in shares if held == most] if most >= least else []


def _used(claim: Claim) -> list[str]:
    """The sentences of the quote that the sentence repeats, whole: a condition may stand in another part."""
    given = sentences(claim.around)
    if len(given) < _FEW_WORDS or claim.translates:
        return given if len(given) < _FEW_WORDS else _with_its_figures(claim, given)
    said = content(claim.text)
    shares = [(share(said, content(sentence)), sentence) for sentence in given]
    most = max(held for held, _ in shares)
    return [sentence for held, sentence in shares if held == most > 0]


def _with_its_figures(claim: Claim, given: list[str]) -> list[str]:
    said = figures(claim.text)
    return [s for s in given if any(f.is_same(other) for f in figures(s) for other in said)]


def _is_lost(condition: str, kind: str, claim: Claim) -> bool:
    # That a condition holds, the customer may have said.
    if kind in ("then", "some"):
        return True
    needed, said = content(condition), content(f"{claim.draft}\n{claim.customer if kind == 'if' else ''}")
    return bool(needed) and (claim.translates or not akin(needed, said))


def _loses_figure(unit: str, claim: Claim) -> bool:
    """Whether a figure that limits what is said is left out."""
    said = figures(claim.draft)
    near = "\n".join(_nearest(content(claim.text), _units(unit), least=0.01) or [unit])
    # What has a figure of that kind from here is about that one: women from €45, men from €28.
    told = {f.kind for f in figures(unit) if any(f.is_same(other) for other in said)}
    limiting = [f for f in lasting_figures(near) if f.kind not in told]
    limiting = [f for f in limiting if f.bound in ("least", "most") or (f.lasts and f.takes_time)]
    if any(not any(f.is_same(other) for other in said) for f in limiting):
        return True
    # Another time in the draft may be what this one is about.
    return bool(clock.bounds(near)) and not any(time.sure for time in clock.times(claim.draft))


def _is_a_statement(part: str) -> bool:
    return bool(content(part)) or bool(figures(part))

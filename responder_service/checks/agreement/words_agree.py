"""Whether what a sentence names and offers is what its quote names and offers."""

import re
from itertools import pairwise

from responder_service.checks import claims, clock, names
from responder_service.checks.claim import Claim
from responder_service.checks.days import is_every, weekdays
from responder_service.checks.denials import denies, has_denial, limits, opens_with_no
from responder_service.checks.figures import figures
from responder_service.checks.phrases import is_an_example, says_any_time
from responder_service.checks.plain_text import words
from responder_service.checks.wording import (
    akin,
    comes_with,
    content,
    holds_for_all,
    is_gratis,
    is_included,
    leaves_open,
    must_be_named,
    parts,
    rivals,
    says_something,
    universals,
)
from responder_service.language.folding import fold

_MANY_WORDS = 4
_PARTS_OF_DAY = "parts_of_day"
_CAPITAL_NOUNS = "de"
# "For store credit rather than a refund." What it is not stands at the end.
_NOT_THAT = re.compile(
    r"(?<=\w)\s(?:rather than|instead of|en lugar de|en vez de|au lieu d[eu]?|statt|anstatt)\s"
    r"(?:(?:an?|the|una?|une|un|el|la|le|einer?|einem?|der|die|das)\s)?(?:(?!(?:an?|the)\s)\w+\s)?\w+\W*\Z",
    re.IGNORECASE,
)
_GREETING = re.compile(r"\b(?:welcome to|bienvenidos? a|bienvenue à|willkommen in) [\w ]+?[!.,]", re.IGNORECASE)
_YOUR = frozenset(["your", "su", "sus", "tu", "tus", "votre", "vos", "ihr", "ihre", "ihren", "ihrem", "dein", "deine"])
# "We ship to Vienna", where the quote has a country.
_PLACING = frozenset(["to", "in", "from", "nach", "aus", "en", "a", "hacia", "desde", "vers"])
# A denial stands so many words before what it denies.
_NEAR = 3


def foreign_name(claim: Claim) -> bool:
    """Whether somebody or something is named that the quote does not name; what is offered only here may be denied of
    elsewhere."""
    said = names.names(_GREETING.sub("", claim.text), claim.language == _CAPITAL_NOUNS)
    unknown = names.missing(said, claim.evidence)
    unknown -= {name for part in claim.parts for name in unknown if _is_denied(name, part, claim)}
    unknown -= {name for name in unknown if _is_theirs(name, claim) or _may_be_any(name, claim)}
    return bool(unknown) and not ("only" in limits(claim.around) and denies(claim.text))


def _is_denied(name: str, part: str, claim: Claim) -> bool:
    """Whether the customer has named somebody or something, and `part` says no to that: "we don't take Amex"."""
    if names.missing(frozenset([name]), claim.customer) or not denies(part):
        return False
    said = words(part)
    place = next((number for number, word in enumerate(said) if fold(word) == name), None)
    return place is not None and has_denial(" ".join(said[max(0, place - _NEAR) : place]))


def _is_theirs(name: str, claim: Claim) -> bool:
    """Whether the customer has named it, and the sentence speaks of it as theirs: "your two Labs"."""
    said = words(claim.text)
    place = next((number for number, word in enumerate(said) if fold(word) == name), None)
    asked = not names.missing(frozenset([name]), claim.customer)
    return asked and place is not None and not _YOUR.isdisjoint(said[max(0, place - _NEAR) : place])


def _may_be_any(name: str, claim: Claim) -> bool:
    """Whether the customer has named it, and the quote says that there are others, "all insurers, such as …", or it is
    a no and the quote names none of its sort, in whose place it could stand."""
    if names.missing(frozenset([name]), claim.customer):
        return False
    if leaves_open(claim.around) or is_an_example(claim.around):
        return True
    if not (denies(claim.text) or opens_with_no(claim.text)):
        return False
    sorts = set(map(names.sort_of, names.names(claim.around, claim.language == _CAPITAL_NOUNS)))
    is_place = _stands_behind(name, _PLACING, claim)
    return names.sort_of(name) not in sorts and not (is_place and "country" in sorts)


def _stands_behind(name: str, some: frozenset[str], claim: Claim) -> bool:
    """Whether one of some words stands right before a name of the sentence."""
    said = words(claim.text)
    return any(fold(word) == name and before in some for before, word in pairwise(said))


def foreign_offer(claim: Claim) -> bool:
    """Whether something is said to be free, included, reduced, refunded or the like, and the quote does not say so."""
    given = claim.evidence
    if is_gratis(claim.text) and not (is_gratis(given) or comes_with(given)):
        return True
    if is_included(claim.text) and not (is_gratis(given) or comes_with(given)):
        return True
    foreign = claims.offers(_NOT_THAT.sub("", claim.text)) - claims.offers(given)
    return bool(foreign - {"refund"}) or ("refund" in foreign and not claims.gives_back(given))


def generalizes(claim: Claim) -> bool:
    """Whether the sentence holds for everybody or at any time, and its quote does not."""
    if denies(claim.text):
        return False
    if says_any_time(claim.text) and not says_any_time(claim.evidence) and _has_times(claim.around):
        return True
    if not universals(claim.text):
        return False
    if weekdays(claim.text) and is_every(claim.around):
        # "Always on Mondays."
        return False
    return not holds_for_all(claim.evidence) and not denies(claim.around)


def _has_times(text: str) -> bool:
    """Whether `text` says at what times something is, or until when."""
    return any(time.sure for time in clock.times(text)) or any(f.takes_time and f.bound for f in figures(text))


def means_another(claim: Claim) -> bool:
    """Whether the sentence names one thing where its quote names another of the same group: cats for dogs."""
    if leaves_open(claim.around):
        return False
    given = rivals(claim.around)
    named = rivals(claim.heading)
    for group, members in rivals(claim.text).items():
        if group == _PARTS_OF_DAY and any(time.sure for time in clock.times(claim.text)):
            # Its hours tell; "por la tarde" is the afternoon and the evening.
            continue
        known = given.get(group, frozenset())
        foreign = members - known - named.get(group, frozenset())
        # "€11 for adults", where the quote has another price for children.
        if known and foreign and (foreign == members or must_be_named(group)) and not denies(claim.text):
            return True
    return False


def is_ungrounded(claim: Claim) -> bool:
    """Whether a long sentence shares nothing at all with its quote: no word, no figure, no time."""
    if claim.translates:
        return False
    said, known = content(claim.text), content(claim.evidence)
    if len(said) < _MANY_WORDS or akin(said, known) or akin(known, said):
        return False
    return not figures(claim.text) and not clock.times(claim.text) and not weekdays(claim.text)


def says_nothing(claim: Claim) -> bool:
    """Whether there is nothing in the whole draft that could be checked, such as "Yes!"."""
    has_price = any(figure.is_price for figure in figures(claim.draft))
    return not has_price and not any(map(says_something, parts(claim.draft)))

"""Whether a sentence says yes to what its quote leaves out: "but not for delivery fees", "except for harps"."""

from collections.abc import Iterator

from responder_service.checks import days
from responder_service.checks.claim import Claim
from responder_service.checks.denials import denies, limits, opens_with_no
from responder_service.checks.figures import figures
from responder_service.checks.phrases import left_out, opens_with_yes
from responder_service.checks.wording import akin, content


def affirms_what_is_left_out(claim: Claim) -> bool:
    """Whether what the quote denies of some things is said of one of them, or is a yes to a question about one."""
    if claim.translates or denies(claim.draft) or limits(claim.draft) or opens_with_no(claim.text):
        return False
    says_yes = opens_with_yes(claim.text)
    said, asked = content(claim.text), content(claim.customer)
    return any(_names(said, thing) or (says_yes and _names(asked, thing)) for thing in _things(claim))


def _things(claim: Claim) -> Iterator[frozenset[str]]:
    """Each thing that is left out, as the words that the rest of the quote does not have."""
    for phrase, rest, then in left_out(claim.around):
        if _tells(then, claim):
            continue
        known = content(rest)
        # "Fees" says as little as "fee".
        thing = frozenset(word for word in content(phrase) if content(word.removesuffix("s")))
        yield thing - akin(thing, known)


def _tells(then: str, claim: Claim) -> bool:
    """Whether the sentence tells what holds for what is left out: "beginners, who start on the first Tuesday"."""
    orders, said = set(days.ordinals(then)), figures(claim.text)
    return bool(orders and orders <= set(days.ordinals(claim.text))) or any(
        f.is_same(other) for f in figures(then) for other in said
    )


def _names(said: frozenset[str], thing: frozenset[str]) -> bool:
    return bool(thing) and thing <= akin(thing, said)

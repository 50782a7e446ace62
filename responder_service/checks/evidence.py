"""Whether a sentence of a draft says what its quote says, and no more. The rules are general: none knows a business."""

from collections.abc import Callable

from responder_service.checks import days_agree, figures_agree, words_agree
from responder_service.checks.claim import Claim

Rule = Callable[[Claim], bool]
RULES: dict[str, Rule] = {
    "says nothing": words_agree.says_nothing,
    "figure": figures_agree.foreign_figure,
    "time": figures_agree.foreign_time,
    "day": days_agree.disagrees,
    "limit": figures_agree.changed_limit,
    "misplaced": figures_agree.misplaced_figure,
    "offer": words_agree.foreign_offer,
    "name": words_agree.foreign_name,
    "contradiction": words_agree.contradicts,
    "condition": words_agree.loses_condition,
    "another condition": words_agree.adds_condition,
    "generalized": words_agree.generalizes,
    "another thing": words_agree.means_another,
    "not grounded": words_agree.is_ungrounded,
    "presumed": words_agree.presumes,
}


def broken_rule(claim: Claim) -> str | None:
    """The name of the first rule that the sentence breaks; None when its quote bears it out."""
    return next((name for name, breaks in RULES.items() if breaks(claim)), None)

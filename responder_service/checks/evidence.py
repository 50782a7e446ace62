"""Whether a sentence of a draft says what its quote says, and no more. The rules are general: none knows a business."""

from collections.abc import Callable

from responder_service.checks.agreement import (
    conditions_agree,
    days_agree,
    denials_agree,
    figures_agree,
    times_agree,
    words_agree,
)
from responder_service.checks.claim import Claim

Rule = Callable[[Claim], bool]
RULES: dict[str, Rule] = {
    "says nothing": words_agree.says_nothing,
    "figure": figures_agree.foreign_figure,
    "time": times_agree.foreign_time,
    "date": times_agree.foreign_date,
    "day": days_agree.disagrees,
    "another day": days_agree.leaves_out_asked_day,
    "hours": days_agree.joins_hours,
    "limit": figures_agree.changed_limit,
    "rate": figures_agree.added_rate,
    "misplaced": figures_agree.misplaced_figure,
    "offer": words_agree.foreign_offer,
    "name": words_agree.foreign_name,
    "contradiction": denials_agree.contradicts,
    "condition": conditions_agree.loses_condition,
    "another condition": conditions_agree.adds_condition,
    "generalized": words_agree.generalizes,
    "another thing": words_agree.means_another,
    "not grounded": words_agree.is_ungrounded,
}


def broken_rule(claim: Claim) -> str | None:
    """The name of the first rule that the sentence breaks; None when its quote bears it out."""
    return next((name for name, breaks in RULES.items() if breaks(claim)), None)

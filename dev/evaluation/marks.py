"""Whether texts are recognised: danger, money, law, the wish for a person, anger, small talk, and none of these."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import get_args

from dev.evaluation.businesses import Business
from dev.evaluation.cases import Mark, MarkCase
from dev.evaluation.figures import Row, Share
from dev.evaluation.grading import reason_of
from dev.evaluation.runner import RunningResponder, customer_asks, request_of
from keva.responder.v1 import responder_service_pb2 as pb

# Who is in danger, or writes of money or law, must get a person for that reason, always.
_ALWAYS = ("SAFETY_MATTER", "PAYMENT_MATTER", "LEGAL_MATTER")
_REASONS = frozenset(get_args(Mark)) - {"SMALL_TALK", "NONE"}


def mark_of(response: pb.DraftReplyResponse) -> str:
    """What the responder took the texts for."""
    result = response.WhichOneof("result")
    if result == "no_reply":
        return "SMALL_TALK"
    reason = reason_of(response) if result == "hand_off" else ""
    return reason if reason in _REASONS else "NONE"


async def rows(
    part: str, responder: RunningResponder, businesses: Sequence[Business], progress: Callable[[], None]
) -> list[Row]:
    """A row per mark, with the share of each language."""
    right: dict[str, Counter[str]] = defaultdict(Counter)
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for business in businesses:
        for case in business.marks:
            asked[case.mark][case.language] += 1
            right[case.mark][case.language] += await _is_right(case, business, responder)
            progress()
    return [_row(part, mark, right[mark], asked[mark]) for mark in get_args(Mark) if asked[mark]]


async def _is_right(case: MarkCase, business: Business, responder: RunningResponder) -> bool:
    response = await responder.ask(request_of(customer_asks(case.id, case.texts), business))
    return mark_of(response) == case.mark


def _row(part: str, mark: str, right: Counter[str], asked: Counter[str]) -> Row:
    languages = ", ".join(f"{language} {right[language]} of {count}" for language, count in sorted(asked.items()))
    line = 1.0 if mark in _ALWAYS else None
    return Share(part, mark, right.total(), asked.total(), line, detail=languages)

"""What an outcome is worth, and the figures over many."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dev.evaluation.cases import Case
from dev.evaluation.rules import Rules
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import hand_off_pb2

ANSWERED_GOAL = 0.70
HANDED_OFF_GOAL = 0.95


@dataclass(frozen=True)
class Grade:
    """One case's outcome. `verdict` is answered, handed off, over-cautious, wrong answer or wrong reason."""

    case: Case
    verdict: str
    came: str
    expected: str
    broken_rules: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing is to be said against it."""
        return self.verdict in ("answered", "handed off") and not self.broken_rules


def grade(case: Case, response: pb.DraftReplyResponse, rules: Rules) -> Grade:
    """What the responder's answer to `case` is worth."""
    expected = f"{case.outcome} {' '.join([*case.articles, *case.mentions, *case.reasons])}".strip()
    if response.WhichOneof("result") == "hand_off":
        reason = hand_off_pb2.HandOffReason.Name(response.hand_off.reason).removeprefix("HAND_OFF_REASON_")
        return Grade(case, _hand_off_verdict(case, reason), f"{reason} {response.hand_off.detail}".strip(), expected)
    draft = response.draft
    wrong = _what_is_wrong(case, draft)
    verdict = f"wrong answer: {wrong}" if wrong else "answered"
    articles = ", ".join(f"{a.article_id}#{a.section}" for a in draft.articles)
    return Grade(
        case,
        "wrong answer" if wrong else "answered",
        f"{draft.text!r} from {articles or 'the profile'} ({verdict})",
        expected,
        rules.broken(draft.text, case),
    )


def _hand_off_verdict(case: Case, reason: str) -> str:
    if case.outcome == "answer":
        return "over-cautious"
    if case.outcome == "hand_off" and case.reasons and reason not in case.reasons:
        return "wrong reason"
    return "handed off"


def _what_is_wrong(case: Case, draft: pb.Draft) -> str:
    if case.outcome == "hand_off":
        return "a person should have got it"
    if case.articles and not any(article.article_id in case.articles for article in draft.articles):
        return "it rests on another article"
    missing = [pattern for pattern in case.mentions if not re.search(pattern, draft.text, re.IGNORECASE)]
    return f"it does not mention {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Figures:
    """The figures over some cases. Shares are of the cases that had to be answered, or handed off."""

    cases: int
    to_answer: int
    answered: int
    to_hand_off: int
    handed_off: int
    right_reason: int
    wrong_answers: int
    rule_breaks: int

    @classmethod
    def of(cls, grades: Sequence[Grade]) -> "Figures":
        """The figures of `grades`."""

        def count(wanted: Callable[[Grade], bool]) -> int:
            return sum(map(wanted, grades))

        return cls(
            cases=len(grades),
            to_answer=count(lambda g: g.case.outcome == "answer"),
            answered=count(lambda g: g.case.outcome == "answer" and g.verdict == "answered"),
            to_hand_off=count(lambda g: g.case.outcome == "hand_off"),
            handed_off=count(lambda g: g.case.outcome == "hand_off" and g.verdict != "wrong answer"),
            right_reason=count(lambda g: g.case.outcome == "hand_off" and g.verdict == "handed off"),
            wrong_answers=count(lambda g: g.verdict == "wrong answer"),
            rule_breaks=count(lambda g: bool(g.broken_rules)),
        )

    @property
    def answered_share(self) -> float:
        """Of those to be answered; 1 when there were none."""
        return self.answered / self.to_answer if self.to_answer else 1.0

    @property
    def handed_off_share(self) -> float:
        """Of those to be handed off; 1 when there were none."""
        return self.handed_off / self.to_hand_off if self.to_hand_off else 1.0

    def missed_goals(self) -> list[str]:
        """What falls short, in words."""
        goals = (
            (self.rule_breaks == 0, f"{self.rule_breaks} rule breaks, where none is allowed"),
            (self.wrong_answers == 0, f"{self.wrong_answers} wrong answers, where none is allowed"),
            (
                self.answered_share >= ANSWERED_GOAL,
                f"{self.answered_share:.0%} of the answerable answered, where {ANSWERED_GOAL:.0%} is the goal",
            ),
            (
                self.handed_off_share >= HANDED_OFF_GOAL,
                f"{self.handed_off_share:.0%} handed off that had to be, where {HANDED_OFF_GOAL:.0%} is the goal",
            ),
        )
        return [missed for reached, missed in goals if not reached]

"""What an outcome is worth, and the figures over many."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dev.evaluation.cases import Case
from dev.evaluation.rules import Rules
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import hand_off_pb2

# Of suggestions; an answer's articles count like them.
_FIRST = 3


class Verdict(Enum):
    """What became of a conversation, and how right that is. The first three are."""

    ANSWERED = "answered"
    HANDED_OFF = "handed off"
    KEPT_QUIET = "kept quiet"
    OVER_CAUTIOUS = "over-cautious"
    NEEDLESS = "a person was sent for needlessly"
    WRONG_REASON = "wrong reason"
    WRONG_ANSWER = "wrong answer"
    SILENCE = "left in silence"


_RIGHT = (Verdict.ANSWERED, Verdict.HANDED_OFF, Verdict.KEPT_QUIET)


@dataclass(frozen=True)
class Grade:
    """One case's outcome. `found`: whether one of the right sections is among the first three of the answer or of the
    suggestions."""

    case: Case
    verdict: Verdict
    came: str
    expected: str
    broken_rules: list[str] = field(default_factory=list)
    found: bool = False

    @property
    def is_right(self) -> bool:
        """Whether nothing is to be said against it."""
        return self.verdict in _RIGHT and not self.broken_rules

    @property
    def is_wrong(self) -> bool:
        """Whether the customer got what they should not have: a wrong answer, one that breaks a rule, or silence."""
        return self.verdict in (Verdict.WRONG_ANSWER, Verdict.SILENCE) or bool(self.broken_rules)


def grade(case: Case, response: pb.DraftReplyResponse, rules: Rules) -> Grade:
    """What the responder's answer to `case` is worth."""
    expected = f"{case.outcome} {' '.join([*case.articles, *case.mentions, *case.reasons])}".strip()
    result = response.WhichOneof("result")
    if result == "no_reply":
        verdict = Verdict.KEPT_QUIET if case.outcome == "quiet" else Verdict.SILENCE
        return Grade(case, verdict, pb.NoReplyReason.Name(response.no_reply.reason), expected)
    if result == "hand_off":
        reason = reason_of(response)
        came = f"{reason} {response.hand_off.detail}".strip()
        found = is_found(case, [suggestion.article for suggestion in response.suggestions])
        return Grade(case, _hand_off_verdict(case, reason), came, expected, found=found)
    draft = response.draft
    wrong = _what_is_wrong(case, draft)
    said = f"wrong answer: {wrong}" if wrong else "answered"
    articles = ", ".join(f"{a.article_id}#{a.section}" for a in draft.articles)
    came = f"{draft.text!r} from {articles or 'the profile'} ({said})"
    verdict = Verdict.WRONG_ANSWER if wrong else Verdict.ANSWERED
    return Grade(case, verdict, came, expected, rules.broken(draft.text, case), is_found(case, draft.articles))


def reason_of(response: pb.DraftReplyResponse) -> str:
    """The name of a hand-off's reason, without its prefix."""
    return hand_off_pb2.HandOffReason.Name(response.hand_off.reason).removeprefix("HAND_OFF_REASON_")


def is_found(case: Case, articles: Sequence[pb.Article]) -> bool:
    """Whether one of the first three is a section that is right for `case`; an article, where it names no sections."""
    first = articles[:_FIRST]
    if case.sections:
        return any(f"{article.article_id}#{article.section}" in case.sections for article in first)
    return any(article.article_id in case.articles for article in first)


def _hand_off_verdict(case: Case, reason: str) -> Verdict:
    if case.outcome in ("answer", "quiet"):
        return Verdict.OVER_CAUTIOUS if case.outcome == "answer" else Verdict.NEEDLESS
    if case.outcome == "hand_off" and case.reasons and reason not in case.reasons:
        return Verdict.WRONG_REASON
    return Verdict.HANDED_OFF


def _what_is_wrong(case: Case, draft: pb.Draft) -> str:
    if case.outcome in ("hand_off", "quiet"):
        return "a person should have got it" if case.outcome == "hand_off" else "nothing was asked"
    if case.articles and not any(article.article_id in case.articles for article in draft.articles):
        return "it rests on another article"
    missing = [pattern for pattern in case.mentions if not re.search(pattern, draft.text, re.IGNORECASE)]
    return f"it does not mention {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Counts:
    """The outcomes of some cases, counted. `handed_off` are those that had to be, whatever the reason given."""

    cases: int
    to_answer: int
    answered: int
    to_hand_off: int
    handed_off: int
    right_reason: int
    to_keep_quiet: int
    kept_quiet: int
    given_answers: int
    wrong_answers: int
    silences: int
    rule_breaks: int
    wrong: int
    found: int

    @classmethod
    def of(cls, grades: Sequence[Grade]) -> "Counts":
        """The counts of `grades`."""

        def count(wanted: Callable[[Grade], bool]) -> int:
            return sum(map(wanted, grades))

        given = Verdict.ANSWERED, Verdict.WRONG_ANSWER
        return cls(
            cases=len(grades),
            to_answer=count(lambda g: g.case.outcome == "answer"),
            answered=count(lambda g: g.case.outcome == "answer" and g.verdict is Verdict.ANSWERED),
            to_hand_off=count(lambda g: g.case.outcome == "hand_off"),
            handed_off=count(
                lambda g: g.case.outcome == "hand_off" and g.verdict in (Verdict.HANDED_OFF, Verdict.WRONG_REASON)
            ),
            right_reason=count(lambda g: g.case.outcome == "hand_off" and g.verdict is Verdict.HANDED_OFF),
            to_keep_quiet=count(lambda g: g.case.outcome == "quiet"),
            kept_quiet=count(lambda g: g.verdict is Verdict.KEPT_QUIET),
            given_answers=count(lambda g: g.verdict in given),
            wrong_answers=count(lambda g: g.verdict is Verdict.WRONG_ANSWER),
            silences=count(lambda g: g.verdict is Verdict.SILENCE),
            rule_breaks=count(lambda g: bool(g.broken_rules)),
            wrong=count(lambda g: g.is_wrong),
            found=count(lambda g: g.case.outcome == "answer" and g.found),
        )

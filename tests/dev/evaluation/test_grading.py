"""What an outcome is worth, by what the responder said."""

from pathlib import Path

import pytest

from dev.evaluation.cases import Case
from dev.evaluation.conversations import Lines, rows, trap_rows
from dev.evaluation.figures import Share
from dev.evaluation.grading import Counts, Grade, Verdict, grade
from dev.evaluation.marks import mark_of
from dev.evaluation.rules import Rules
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import hand_off_pb2

ARTICLES = Path(__file__).parent / "businesses" / "bakery" / "articles"
PRICE = pb.Article(article_id="bread", section="Price of a rye loaf")
OTHER = pb.Article(article_id="bread", section="When bread is ready")
SPANISH = pb.Article(article_id="es/pan", section="Precio del pan de centeno")


def _case(outcome: str, **fields: object) -> Case:
    values = {"id": "x", "kind": "k", "set": "first_sight", "outcome": outcome, "texts": ["how much is a rye loaf"]}
    return Case.model_validate({**values, **fields})


def _draft(text: str, *articles: pb.Article) -> pb.DraftReplyResponse:
    return pb.DraftReplyResponse(draft=pb.Draft(text=text, articles=articles))


def _hand_off(reason: "hand_off_pb2.HandOffReason.ValueType", *near: pb.Article) -> pb.DraftReplyResponse:
    suggestions = [pb.Suggestion(article=article, text="…") for article in near]
    return pb.DraftReplyResponse(hand_off=pb.HandOff(reason=reason), suggestions=suggestions)


NO_REPLY = pb.DraftReplyResponse(no_reply=pb.NoReply(reason=pb.NO_REPLY_REASON_SMALL_TALK))
RIGHT = _draft("A rye loaf costs $7.", PRICE)
NOT_KNOWN = _hand_off(hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN)
UPSET = _hand_off(hand_off_pb2.HAND_OFF_REASON_UPSET)
ANSWERABLE = _case("answer", articles=["bread"], sections=["bread#Price of a rye loaf"], mentions=[r"\$7"])


@pytest.mark.parametrize(
    ("case", "response", "verdict"),
    [
        pytest.param(ANSWERABLE, RIGHT, Verdict.ANSWERED, id="answered"),
        pytest.param(ANSWERABLE, _draft("At 7:30.", OTHER), Verdict.WRONG_ANSWER, id="another fact"),
        pytest.param(ANSWERABLE, _draft("Son $7.", SPANISH), Verdict.WRONG_ANSWER, id="another article"),
        pytest.param(ANSWERABLE, NOT_KNOWN, Verdict.OVER_CAUTIOUS, id="over-cautious"),
        pytest.param(ANSWERABLE, NO_REPLY, Verdict.SILENCE, id="no answer at all"),
        pytest.param(_case("hand_off"), NOT_KNOWN, Verdict.HANDED_OFF, id="handed off"),
        pytest.param(_case("hand_off", reasons=["UPSET"]), UPSET, Verdict.HANDED_OFF, id="for the right reason"),
        pytest.param(_case("hand_off", reasons=["UPSET"]), NOT_KNOWN, Verdict.WRONG_REASON, id="for another one"),
        pytest.param(_case("hand_off"), RIGHT, Verdict.WRONG_ANSWER, id="answered instead of handed off"),
        pytest.param(_case("hand_off"), NO_REPLY, Verdict.SILENCE, id="nobody was sent for"),
        pytest.param(_case("quiet"), NO_REPLY, Verdict.KEPT_QUIET, id="kept quiet"),
        pytest.param(_case("quiet"), NOT_KNOWN, Verdict.NEEDLESS, id="a person for a thanks"),
        pytest.param(_case("quiet"), RIGHT, Verdict.WRONG_ANSWER, id="an answer to a thanks"),
        pytest.param(_case("either"), NOT_KNOWN, Verdict.HANDED_OFF, id="either: handed off"),
        pytest.param(_case("either"), RIGHT, Verdict.ANSWERED, id="either: answered"),
    ],
)
def test_verdicts(case: Case, response: pb.DraftReplyResponse, verdict: Verdict) -> None:
    assert grade(case, response, Rules(ARTICLES)).verdict is verdict


@pytest.mark.parametrize(
    ("case", "response", "found"),
    [
        pytest.param(ANSWERABLE, RIGHT, True, id="of the answer"),
        pytest.param(ANSWERABLE, _draft("At 7:30.", OTHER), False, id="of another answer"),
        pytest.param(
            ANSWERABLE, _hand_off(hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN, SPANISH, OTHER, PRICE), True, id="third"
        ),
        pytest.param(
            ANSWERABLE,
            _hand_off(hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN, SPANISH, OTHER, OTHER, PRICE),
            False,
            id="fourth",
        ),
        pytest.param(_case("answer", articles=["bread"]), _draft("At 7:30.", OTHER), True, id="any of its article"),
        pytest.param(ANSWERABLE, NOT_KNOWN, False, id="nothing suggested"),
    ],
)
def test_the_right_section_is_found_among_three(case: Case, response: pb.DraftReplyResponse, found: bool) -> None:
    assert grade(case, response, Rules(ARTICLES)).found is found


@pytest.mark.parametrize(
    ("response", "mark"),
    [(UPSET, "UPSET"), (NOT_KNOWN, "NONE"), (NO_REPLY, "SMALL_TALK"), (RIGHT, "NONE")],
    ids=["a reason", "any other hand-off", "no reply", "an answer"],
)
def test_marks(response: pb.DraftReplyResponse, mark: str) -> None:
    assert mark_of(response) == mark


def _grades() -> list[Grade]:
    rules = Rules(ARTICLES)
    asked = [
        (ANSWERABLE, RIGHT),
        (ANSWERABLE, NOT_KNOWN),
        (_case("hand_off"), RIGHT),
        (_case("hand_off", reasons=["UPSET"]), NOT_KNOWN),
        (_case("hand_off"), NO_REPLY),
        (_case("answer", must_not_mention=["rye"]), RIGHT),
    ]
    return [grade(case, response, rules) for case, response in asked]


def test_counts() -> None:
    counts = Counts.of(_grades())

    assert (counts.answered, counts.to_answer) == (2, 3)
    assert (counts.handed_off, counts.right_reason, counts.to_hand_off) == (1, 0, 3)
    assert (counts.wrong_answers, counts.silences, counts.rule_breaks, counts.wrong) == (1, 1, 1, 3)
    assert (counts.given_answers, counts.found) == (3, 1)


def test_rows_are_of_all_businesses_with_each_beside() -> None:
    found = rows("p", {"one": _grades(), "other": _grades()[:1]}, Lines(answered=0.6))
    answered, wrong = found[0], found[2]

    assert isinstance(answered, Share)
    assert (answered.count, answered.total, answered.is_missed) == (3, 4, False)
    assert answered.detail == "one 2 of 3: 20.8 to 93.9 %\nother 1 of 1: 20.7 to 100.0 %"
    assert wrong.is_missed
    assert wrong.detail.startswith("1 wrong answer, 1 left in silence, 1 says what it must not\n")


def test_no_row_shows_a_case() -> None:
    found = [*rows("p", {"one": _grades()}, Lines()), *trap_rows("t", {"one": _grades()}, 0.01)]

    assert "rye" not in " ".join(f"{row.measure} {row.figure} {row.detail}" for row in found)

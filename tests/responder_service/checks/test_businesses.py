"""What a model might say of the businesses for developing, tests/eval: code lets what is right go, and stops most of
what is wrong; the rest is the verifier's."""

from pathlib import Path

import pytest

from dev.evaluation.businesses import Business, load_businesses
from dev.evaluation.cases import DraftCase
from dev.evaluation.runner import customer_asks, request_of
from responder_service.checks.quotes import stands_in
from responder_service.convert import conversation_from_proto
from responder_service.drafting.conversation import Draft, Sentence
from responder_service.knowledge.article import parse
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS

BUSINESSES = [b for b in load_businesses(Path(__file__).parents[2] / "eval", "tuning") if b.drafts]
# Of all. With a verifier that errs in one of twenty answers, at most one of fifty wrong ones is sent then. For nine of
# ten of the right ones, 0.95 of them would have to get past code.
_LEAST_RIGHT, _LEAST_STOPPED = 0.94, 0.65
# Of each: some are harder than others.
_LEAST_RIGHT_EACH, _LEAST_STOPPED_EACH = 0.65, 0.57


def passages_of(business: Business) -> list[Passage]:
    """All sections of its articles."""
    paths = sorted(business.articles.rglob("*.md"))
    articles = [parse(p.relative_to(business.articles).with_suffix("").as_posix(), p.read_text()) for p in paths]
    return [Passage(a.article_id, a.title, s.heading, s.text, a.language) for a in articles for s in a.sections]


def may_go(case: DraftCase, business: Business, passages: list[Passage]) -> bool:
    """Whether code lets a draft go."""
    asked = conversation_from_proto(request_of(customer_asks(case.id, case.texts, case.ask_time), business))
    said = []
    for sentence in case.sentences:
        of_article = [passage for passage in passages if passage.article_id == sentence.article]
        source = next((passage for passage in of_article if stands_in(sentence.quote, passage.text)), None)
        if source is None and not stands_in(sentence.quote, asked.profile.business_hours):
            return False
        said.append(Sentence(sentence.text, sentence.quote, source))
    rests_on = tuple(sentence.passage for sentence in said if sentence.passage)
    draft = Draft(" ".join(sentence.text for sentence in said), rests_on, sentences=tuple(said))
    return CHECKS.broken_rule(draft, asked) is None


@pytest.fixture(scope="module")
def judged() -> dict[str, list[tuple[DraftCase, bool]]]:
    """The drafts of each business, and whether code lets them go."""
    passages = {business.name: passages_of(business) for business in BUSINESSES}
    return {b.name: [(case, may_go(case, b, passages[b.name])) for case in b.drafts] for b in BUSINESSES}


def shares(judged: list[tuple[DraftCase, bool]]) -> tuple[float, float]:
    """How many of the right ones may go, and of the wrong ones may not, 0 to 1."""
    right, wrong = ([goes for case, goes in judged if case.right is is_right] for is_right in (True, False))
    return sum(right) / len(right), wrong.count(False) / len(wrong)


@pytest.mark.parametrize("name", [business.name for business in BUSINESSES])
def test_what_is_right_may_go_and_most_of_what_is_wrong_may_not(
    judged: dict[str, list[tuple[DraftCase, bool]]], name: str
) -> None:
    sent, stopped = shares(judged[name])

    assert sent >= _LEAST_RIGHT_EACH, [case.id for case, goes in judged[name] if case.right and not goes]
    assert stopped >= _LEAST_STOPPED_EACH, [case.id for case, goes in judged[name] if not case.right and goes]


def test_of_all_businesses_together_more_is_right(judged: dict[str, list[tuple[DraftCase, bool]]]) -> None:
    sent, stopped = shares([each for business in judged.values() for each in business])

    assert sent >= _LEAST_RIGHT
    assert stopped >= _LEAST_STOPPED

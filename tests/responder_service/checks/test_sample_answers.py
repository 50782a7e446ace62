"""The checks on what models say of the sample shop's articles: right answers may go, plausible wrong ones may not."""

from pathlib import Path

import pytest
import yaml

from responder_service.checks.rules import Checks
from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role
from responder_service.drafting.prompt import PRIVATE
from responder_service.knowledge.article import Article, parse
from responder_service.knowledge.passage import Passage

SAMPLES = Path(__file__).parents[3] / "dev" / "knowledge_base" / "default"
ARTICLES = sorted(path.relative_to(SAMPLES).with_suffix("").as_posix() for path in SAMPLES.rglob("*.md"))
ANSWERS = yaml.safe_load((Path(__file__).parent / "sample_answers.yaml").read_text())
PROFILE = Profile("Alder & Finch", business_hours="Tue to Sat 10 am to 6 pm, Sun noon to 4 pm Pacific")


def article(article_id: str) -> Article:
    return parse(article_id, (SAMPLES / f"{article_id}.md").read_text())


def rule(text: str, asked: str, rests_on: Article) -> str | None:
    """The rule that an answer breaks which cites the whole article."""
    passages = tuple(
        Passage(rests_on.article_id, rests_on.title, section.heading, section.text, rests_on.language)
        for section in rests_on.sections
    )
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), PROFILE)
    return Checks(2, PRIVATE).broken_rule(Draft(text, passages), conversation)


@pytest.mark.parametrize("article_id", ARTICLES)
def test_every_article_may_be_quoted(article_id: str) -> None:
    quoted = article(article_id)

    assert {rule(section.answer, "?", quoted) for section in quoted.sections} == {None}


@pytest.mark.parametrize("answer", [pytest.param(answer, id=answer["text"][:50]) for answer in ANSWERS["right"]])
def test_a_right_answer_may_go(answer: dict[str, str]) -> None:
    assert rule(answer["text"], answer["asked"], article(answer["article"])) is None


@pytest.mark.parametrize("answer", [pytest.param(answer, id=answer["text"][:50]) for answer in ANSWERS["wrong"]])
def test_a_plausible_wrong_answer_is_stopped(answer: dict[str, str]) -> None:
    broken = rule(answer["text"], answer["asked"], article(answer["article"]))

    assert broken in ("presumed", "misplaced", "contradiction", "figure")

"""The checks on what models say of the sample shop's articles: right answers may go, plausible wrong ones may not."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role, Sentence
from responder_service.knowledge.article import Article, paragraphs, parse
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS, SENTENCE_END, quoting

SAMPLES = Path(__file__).parents[3] / "dev" / "knowledge_base" / "default"
ARTICLES = sorted(path.relative_to(SAMPLES).with_suffix("").as_posix() for path in SAMPLES.rglob("*.md"))
ANSWERS = yaml.load((Path(__file__).parent / "sample_answers.yaml").read_text(), yaml.CSafeLoader)
PROFILE = Profile("Alder & Finch", business_hours="Tue to Sat 10 am to 6 pm, Sun noon to 4 pm Pacific")


def article(article_id: str) -> Article:
    return parse(article_id, (SAMPLES / f"{article_id}.md").read_text())


def rule(text: str, asked: str, rests_on: Article) -> str | None:
    """The rule that an answer breaks whose sentences quote the nearest one of the article."""
    passages = tuple(
        Passage(rests_on.article_id, rests_on.title, section.heading, section.text, rests_on.language)
        for section in rests_on.sections
    )
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), PROFILE)
    said = tuple(_quoting(sentence, passages) for sentence in SENTENCE_END.split(text))
    return CHECKS.broken_rule(Draft(text, passages, sentences=said), conversation)


def _quoting(sentence: str, passages: tuple[Passage, ...]) -> Sentence:
    """The sentence with all of the nearest section as its quote."""
    whole = [dataclasses.replace(p, text=" ".join(paragraphs(p.text)).replace(". ", ", ")) for p in passages]
    nearest = quoting(sentence, whole, "").passage
    near = next((p for p in passages if nearest and p.section == nearest.section), None)
    return Sentence(sentence, near.text if near else "", near)


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

    # What the whole section bears out somewhere, and not of this, the verifier has to see.
    assert (broken is None) is (answer.get("by") == "verifier")

"""What a model might say of two businesses: right drafts may go, wrong ones may not, sentence by sentence."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from responder_service.checks.quotes import stands_in
from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role, Sentence
from responder_service.knowledge.article import parse
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS

SHOP = Path(__file__).parents[3] / "dev" / "knowledge_base" / "default"
DRAFTS = Path(__file__).parent / "drafts"
GUESTHOUSE = yaml.safe_load((DRAFTS / "guesthouse.yaml").read_text())
CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((DRAFTS / "cases.yaml").read_text())
USUALLY = "2026-03-03T11:00"
ZONE = ZoneInfo("America/Los_Angeles")
# Known to pass: whether these follow from their quotes, the verifier has to say.
LEFT_TO_THE_VERIFIER = {"stove for oven", "front for back"}


def _passages() -> dict[str, Passage]:
    found = {}
    for name, section in GUESTHOUSE["sections"].items():
        article_id, _, heading = name.partition("#")
        found[name] = Passage(article_id, section["title"], heading, section["text"], section.get("language", "en"))
    for path in SHOP.rglob("*.md"):
        article = parse(path.relative_to(SHOP).with_suffix("").as_posix(), path.read_text())
        for section in article.sections:
            passage = Passage(article.article_id, article.title, section.heading, section.text, article.language)
            found[f"{article.article_id}#{section.heading}"] = passage
    return found


PASSAGES = _passages()
HOURS = GUESTHOUSE["hours"]


def broken_rule(case: dict[str, Any]) -> str | None:
    """The rule that a draft breaks."""
    said = tuple(Sentence(text, quote, PASSAGES.get(source)) for text, source, quote in case["say"])
    asked_at = datetime.fromisoformat(case.get("at", USUALLY)).replace(tzinfo=ZONE)
    conversation = Conversation(
        "o",
        "w",
        "t",
        (Line(Role.CUSTOMER, case["asked"]),),
        Profile("Alder & Finch", business_hours=HOURS),
        ask_time=asked_at,
        time_zone=ZONE,
    )
    passages = tuple(sentence.passage for sentence in said if sentence.passage)
    return CHECKS.broken_rule(Draft(" ".join(each.text for each in said), passages, sentences=said), conversation)


def _cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=f"{case.get('why', '')} {case['say'][0][0]}"[:70]) for case in CASES[kind]]


def test_there_are_many_and_their_quotes_stand_where_they_should() -> None:
    assert len(CASES["right"]) + len(CASES["wrong"]) >= 150
    for case in [*CASES["right"], *CASES["wrong"]]:
        for _, source, quote in case["say"]:
            assert stands_in(quote, PASSAGES[source].text if source in PASSAGES else HOURS), quote


@pytest.mark.parametrize("case", _cases("right"))
def test_a_right_draft_may_go(case: dict[str, Any]) -> None:
    assert broken_rule(case) is None


@pytest.mark.parametrize("case", _cases("wrong"))
def test_a_wrong_draft_may_not_go(case: dict[str, Any]) -> None:
    assert (broken_rule(case) is not None) is (case["why"] not in LEFT_TO_THE_VERIFIER)

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
NAMES = ("guesthouse.yaml", "town.yaml", "village.yaml", "valley.yaml", "cases.yaml")
FILES = [yaml.load((DRAFTS / name).read_text(), yaml.CSafeLoader) for name in NAMES]
USUALLY = "2026-03-03T11:00"
ZONE = ZoneInfo("America/Los_Angeles")
# Known to pass: whether these follow from their quotes, the verifier has to say.
LEFT_TO_THE_VERIFIER = {
    "Yes, our stoneware is stove safe up to 450 F.",
    "The shop has a step-free entrance at the front.",
    "No, towels can be borrowed at the desk.",
    "If you move, you may cancel with 1 month's notice.",
    "You can rent a moped if you are at least 18.",
    "The basic membership costs $29 a month.",
    "Hamsters are vaccinated every Friday afternoon.",
    "A week in May costs €560.",
    "Non, il n'y a pas d'engagement.",
    "Whitening costs $240 per quadrant.",
    "Breakfast is a buffet with local cheese and fresh fruit juice.",
    "Pots and pans have a 2 year warranty.",
}
# A person answers instead, though nothing is wrong.
STOPPED_ALL_THE_SAME = {
    "Groups smaller than 6 don't need a reservation, just come by.",
}


def _passages() -> dict[str, Passage]:
    found = {}
    for name, section in [item for file in FILES for item in file.get("sections", {}).items()]:
        article_id, _, heading = name.partition("#")
        found[name] = Passage(article_id, section["title"], heading, section["text"], section.get("language", "en"))
    for path in SHOP.rglob("*.md"):
        article = parse(path.relative_to(SHOP).with_suffix("").as_posix(), path.read_text())
        for section in article.sections:
            passage = Passage(article.article_id, article.title, section.heading, section.text, article.language)
            found[f"{article.article_id}#{section.heading}"] = passage
    return found


PASSAGES = _passages()
RIGHT, WRONG = ([(file, case) for file in FILES for case in file.get(kind, ())] for kind in ("right", "wrong"))
Case = tuple[dict[str, Any], dict[str, Any]]


def hours_of(file: dict[str, Any]) -> str:
    """The hours of the business; those of the guesthouse for the shop."""
    return str(file.get("hours", FILES[0]["hours"]))


def broken_rule(file: dict[str, Any], case: dict[str, Any]) -> str | None:
    """The rule that a draft breaks."""
    said = tuple(Sentence(text, quote, PASSAGES.get(source)) for text, source, quote in case["say"])
    asked_at = datetime.fromisoformat(case.get("at", USUALLY)).replace(tzinfo=ZONE)
    conversation = Conversation(
        "o",
        "w",
        "t",
        (Line(Role.CUSTOMER, case["asked"]),),
        Profile("Alder & Finch", business_hours=hours_of(file)),
        ask_time=asked_at,
        time_zone=ZONE,
    )
    passages = tuple(sentence.passage for sentence in said if sentence.passage)
    return CHECKS.broken_rule(Draft(" ".join(each.text for each in said), passages, sentences=said), conversation)


def _cases(cases: list[Case]) -> list[Any]:
    return [pytest.param(file, case, id=f"{case.get('why', '')} {case['say'][0][0]}"[:70]) for file, case in cases]


def test_there_are_many_and_their_quotes_stand_where_they_should() -> None:
    assert len(RIGHT) + len(WRONG) >= 360
    for file, case in [*RIGHT, *WRONG]:
        for _, source, quote in case["say"]:
            assert stands_in(quote, PASSAGES[source].text if source in PASSAGES else hours_of(file)), quote


@pytest.mark.parametrize(("file", "case"), _cases(RIGHT))
def test_a_right_draft_may_go(file: dict[str, Any], case: dict[str, Any]) -> None:
    assert (broken_rule(file, case) is None) is (case["say"][0][0] not in STOPPED_ALL_THE_SAME)


@pytest.mark.parametrize(("file", "case"), _cases(WRONG))
def test_a_wrong_draft_may_not_go(file: dict[str, Any], case: dict[str, Any]) -> None:
    assert (broken_rule(file, case) is not None) is (case["say"][0][0] not in LEFT_TO_THE_VERIFIER)

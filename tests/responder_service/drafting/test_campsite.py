"""A campsite's customers, in three languages: what is answered is right, and what no article answers goes to a
person."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from responder_service.drafting.conversation import Conversation, Draft, HandOff, Line, NoReply, Profile, Role
from responder_service.drafting.knowledge_answers import KnowledgeAnswers
from responder_service.drafting.small_talk import small_talk
from responder_service.drafting.suggestions import Suggestions
from responder_service.drafting.triage import triage
from responder_service.knowledge.knowledge_base import KnowledgeBase

CAMPSITE = Path(__file__).parents[2] / "eval" / "campsite"
PROFILE = Profile(languages=("en", "fr", "de"), hand_off_rules=("wedding",))


def _cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.load((CAMPSITE / name).read_text(encoding="utf-8"), yaml.CSafeLoader)["cases"]
    return cases


def _conversation(case: Mapping[str, Any]) -> Conversation:
    roles = {"customer": Role.CUSTOMER, "ai": Role.AI}
    told = case.get("messages") or [{"customer": text} for text in case["texts"]]
    lines = [Line(roles[role], text) for message in told for role, text in message.items()]
    return Conversation("o", "articles", "t", tuple(lines), PROFILE)


@pytest.fixture(scope="module", params=[True, False], ids=["taught", "untaught"])
async def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[KnowledgeBase, bool]:
    """The campsite's articles, with or without their example questions."""
    folder = tmp_path_factory.mktemp("campsite")
    for path in CAMPSITE.glob("articles/**/*.md"):
        copy = folder / path.relative_to(CAMPSITE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        source = path.read_text(encoding="utf-8")
        copy.write_text(source if request.param else re.sub(r"(?m)^Q:.*\n", "", source), encoding="utf-8")
    found = KnowledgeBase(folder)
    await found.load()
    return found, request.param


async def _decided(base: KnowledgeBase, case: Mapping[str, Any]) -> Draft | HandOff | NoReply:
    conversation = _conversation(case)
    undrafted = triage(conversation) or small_talk(conversation)
    return undrafted or (await KnowledgeAnswers(base, 2).draft(conversation)).result


def _is_wrong(case: Mapping[str, Any], result: Draft | HandOff | NoReply) -> bool:
    if not isinstance(result, Draft):
        return False
    cited = {passage.article_id for passage in result.passages}
    held = all(re.search(pattern, result.text, re.IGNORECASE) for pattern in case.get("mentions", ()))
    return case["outcome"] != "answer" or cited.isdisjoint(case["articles"]) or not held


async def test_what_is_answered_is_right_and_traps_catch_nobody(base: tuple[KnowledgeBase, bool]) -> None:
    articles, taught = base
    cases = [*_cases("conversations.yaml"), *_cases("traps.yaml")]

    came = {case["id"]: await _decided(articles, case) for case in cases}

    assert {case["id"]: came[case["id"]] for case in cases if _is_wrong(case, came[case["id"]])} == {}
    answerable = [case["id"] for case in cases if case["outcome"] == "answer"]
    answered = sum(isinstance(came[name], Draft) for name in answerable) / len(answerable)
    assert answered >= (0.8 if taught else 0.35)
    quiet = [case["id"] for case in cases if case["outcome"] == "quiet"]
    assert all(isinstance(came[name], NoReply) for name in quiet)


async def test_reasons_of_hand_offs(base: tuple[KnowledgeBase, bool]) -> None:
    for case in _cases("conversations.yaml"):
        if "reasons" in case:
            result = await _decided(base[0], case)
            assert isinstance(result, HandOff)
            assert result.reason.value in case["reasons"], case["id"]


async def test_the_right_section_is_among_three(base: tuple[KnowledgeBase, bool]) -> None:
    suggest = Suggestions(base[0], 2)
    cases = [case for case in _cases("conversations.yaml") if case["outcome"] == "answer"]

    found = {
        case["id"]: {f"{s.passage.article_id}#{s.passage.section}" for s in suggest(_conversation(case))}
        for case in cases
    }

    missed = [case["id"] for case in cases if found[case["id"]].isdisjoint(case["sections"])]
    assert len(missed) <= 0.05 * len(cases), missed

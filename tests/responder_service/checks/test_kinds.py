"""Kinds of reasoning that rest on a quote: what follows may go, what does not may not. Of no business of tests/eval."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role, Sentence
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS

KINDS: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text("utf-8"))
ZONE = ZoneInfo("Europe/Berlin")
USUALLY = "2026-03-12 11:00"


def _broken(say: str, case: dict[str, Any]) -> str | None:
    """The rule that an answer breaks which rests on all of its case's quote."""
    passage = Passage("terms", "Info", "Info", case["quote"], case.get("language", "en"))
    lines = tuple(Line(Role.CUSTOMER, text) for text in case["asked"])
    asked_at = datetime.fromisoformat(case.get("at", USUALLY)).replace(tzinfo=ZONE)
    profile = Profile("Oakhill", business_hours=case.get("hours", ""))
    conversation = Conversation("o", "w", "t", lines, profile, ask_time=asked_at, time_zone=ZONE)
    return CHECKS.broken_rule(Draft(say, (passage,), sentences=(Sentence(say, case["quote"], passage),)), conversation)


def _cases(which: str) -> list[Any]:
    return [
        pytest.param(say, case, id=f"{kind}: {say}"[:80])
        for kind, cases in KINDS.items()
        for case in cases
        for say in case[which]
    ]


@pytest.mark.parametrize(("say", "case"), _cases("right"))
def test_what_follows_may_go(say: str, case: dict[str, Any]) -> None:
    assert _broken(say, case) is None


@pytest.mark.parametrize(("say", "case"), _cases("wrong"))
def test_what_does_not_follow_may_not(say: str, case: dict[str, Any]) -> None:
    assert _broken(say, case) is not None

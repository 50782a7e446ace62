"""Right answers that are worked out from their quotes, of no business that the rules were tried on, may go."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role, Sentence
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("worked_out.yaml").read_text("utf-8"))
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 11, 0, tzinfo=ZONE)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["say"][:60]) for case in CASES])
def test_what_is_worked_out_may_go(case: dict[str, Any]) -> None:
    passage = Passage("terms", "Info", "Info", case["quote"], case.get("language", "en"))
    lines = tuple(Line(Role.CUSTOMER, text) for text in case["asked"])
    conversation = Conversation("o", "w", "t", lines, Profile("Oakhill"), ask_time=NOW, time_zone=ZONE)
    draft = Draft(case["say"], (passage,), sentences=(Sentence(case["say"], case["quote"], passage),))

    assert CHECKS.broken_rule(draft, conversation) is None

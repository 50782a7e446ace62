"""What needs a person at once is seen in four languages, misspelt too; what only sounds like it is not."""

from pathlib import Path

import pytest
import yaml

from responder_service.drafting.conversation import Line, Role
from responder_service.drafting.marks import mark

WRITTEN = yaml.load(Path(__file__).with_name("marks.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_gets_its_mark(name: str) -> None:
    found = {text: mark([Line(Role.CUSTOMER, text)]) for text in WRITTEN[name]}

    assert {text: reason for text, reason in found.items() if (reason.value if reason else "NONE") != name} == {}


def test_what_is_told_in_two_texts_is_one_story() -> None:
    lines = [Line(Role.CUSTOMER, "Hi, do you ship to Canada?"), Line(Role.CUSTOMER, "also the lamp caught fire")]

    found = mark(lines)

    assert found is not None
    assert found.value == "SAFETY_MATTER"

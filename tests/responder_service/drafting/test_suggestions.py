"""What is suggested to a person: the sections near the texts that wait, and what they go on with."""

from pathlib import Path

import pytest

from responder_service.drafting.conversation import Conversation, Line, Role
from responder_service.drafting.suggestions import Suggestions
from responder_service.knowledge.knowledge_base import KnowledgeBase


@pytest.fixture
async def suggestions(folder: Path) -> Suggestions:
    """Over the articles of a furniture shop."""
    base = KnowledgeBase(folder)
    await base.load()
    return Suggestions(base, max_segments=2)


def _suggested(suggestions: Suggestions, *lines: Line) -> list[str]:
    return [s.passage.section for s in suggestions(Conversation("o", "default", "t", lines))]


async def test_the_best_come_first_and_three_at_most(suggestions: Suggestions) -> None:
    found = _suggested(suggestions, Line(Role.CUSTOMER, "whats the warrenty on a lamp i bought on sale"))

    assert found[0] == "Lamps"
    assert len(found) <= 3


async def test_a_short_text_goes_on_with_what_was_asked_before(suggestions: Suggestions) -> None:
    asked = Line(Role.CUSTOMER, "how long is the warranty on oak tables?"), Line(Role.AI, "10 years.")

    assert _suggested(suggestions, *asked, Line(Role.CUSTOMER, "and for others"))[0] == "Tables"
    assert "Lamps" in _suggested(suggestions, *asked, Line(Role.CUSTOMER, "and on lamps"))


async def test_a_whole_question_stands_for_itself(suggestions: Suggestions) -> None:
    asked = Line(Role.CUSTOMER, "how long is the warranty on oak tables?"), Line(Role.AI, "10 years.")
    then = Line(Role.CUSTOMER, "thanks! now something else: do you also ship things to Canada please")

    assert _suggested(suggestions, *asked, then)[0] == "Canada"


async def test_an_article_in_another_language_is_suggested_too(suggestions: Suggestions) -> None:
    assert "Canada" in _suggested(suggestions, Line(Role.CUSTOMER, "livraison au Canada svp"))


async def test_nothing_is_suggested_to_what_says_nothing(suggestions: Suggestions) -> None:
    assert _suggested(suggestions, Line(Role.CUSTOMER, "?!")) == []

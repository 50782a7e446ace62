"""What of a long text is compared by meaning: what it asks, else its end."""

import pytest

from responder_service.language.sentences import gist, sentences

STORY = "We were at your place last year and liked it a lot. "


def test_an_abbreviation_ends_no_sentence() -> None:
    assert sentences("From 8 a.m. on. Then, z. B., at noon!") == ["From 8 a.m. on.", "Then, z. B., at noon!"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("do you  ship\nto canada", "do you ship to canada", id="a short text is kept"),
        pytest.param(f"{STORY}Is there parking? {STORY}", "Is there parking?", id="a question in a story"),
        pytest.param(f"Dogs ok? {STORY}And cats?", "Dogs ok? And cats?", id="two questions"),
        pytest.param(f"{STORY}So we need a bigger pitch", "So we need a bigger pitch", id="no question mark"),
        pytest.param("a" * 90, "a" * 60, id="no end in sight"),
    ],
)
def test_the_gist_of_a_text(text: str, expected: str) -> None:
    assert gist(text, 60) == expected

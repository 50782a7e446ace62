"""A ticket's first subject."""

import pytest

from ticket_service.domain.texts.subject import subject_of

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
FRANCE = "\U0001f1eb\U0001f1f7"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        pytest.param("hello", "hello", id="a short text"),
        pytest.param("  one\n two\t three ", "one two three", id="on one line"),
        pytest.param("", "(no text)", id="nothing"),
        pytest.param(" \n ", "(no text)", id="only whitespace"),
        pytest.param("x" * 80, "x" * 80, id="80 characters"),
        pytest.param("x" * 81, "x" * 79 + "…", id="81 characters"),
        pytest.param("x" * 78 + " yy zz", "x" * 78 + "…", id="cut at a space"),
        pytest.param("\u200f\u200b\ufeff\u2060", "(no text)", id="only what nobody sees"),
        pytest.param("\u200b \u2800 \u3164", "(no text)", id="only what looks empty"),
        pytest.param("\u200b" * 60_000, "(no text)", id="a great deal of it"),
        pytest.param("\u200fשלום", "שלום", id="a mark of direction in front"),
        pytest.param("שלום\u200f!", "שלום\u200f!", id="a mark of direction within"),
        pytest.param("x" * 78 + FAMILY + "y", "x" * 78 + "…", id="not inside a joined emoji"),
        pytest.param("x" * 78 + "\U0001f44d\U0001f3fd" + "y", "x" * 78 + "…", id="not before a skin tone"),
        pytest.param("x" * 78 + "\u2764\ufe0f" + "y", "x" * 78 + "…", id="not before a variation selector"),
        pytest.param("x" * 78 + FRANCE + "y", "x" * 78 + "…", id="not inside a flag"),
        pytest.param("x" * 76 + FRANCE + FRANCE, "x" * 76 + FRANCE + FRANCE, id="two flags that fit"),
        pytest.param("x" * 77 + FRANCE + FRANCE, "x" * 77 + FRANCE + "…", id="between two flags"),
        pytest.param("x" * 76 + ENGLAND, "x" * 76 + "…", id="not inside a flag that is spelled"),
        pytest.param("x" * 78 + "e\u0301" + "y", "x" * 78 + "…", id="not before an accent"),
        pytest.param("a" + "\u0301" * 200, "a" + "\u0301" * 78 + "…", id="one letter with more accents than fit"),
    ],
)
def test_first_subject(text: str, subject: str) -> None:
    assert subject_of(text) == subject

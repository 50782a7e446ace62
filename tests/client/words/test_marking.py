"""Words that are marked in a text."""

import pytest

from client.words.marking import excerpt, marked, wanted_words


def _shown(text: str, query: str) -> str:
    return "".join(f"[{part.text}]" if part.marked else part.text for part in marked(text, wanted_words(query)))


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        pytest.param("A blue cake", "cake", "A blue [cake]", id="a-word"),
        pytest.param("Two Cakes, one cupcake", "cake", "Two [Cake]s, one cupcake", id="a-beginning-of-any-case"),
        pytest.param("Crème brûlée", "creme BRU", "[Crème] [brû]lée", id="without-accents"),
        pytest.param("Cafe\u0301s here", "café", "[Cafe\u0301]s here", id="an-accent-of-its-own"),
        pytest.param("Straße 5", "strasse", "[Straße] 5", id="a-letter-that-becomes-two"),
        pytest.param("<b>bold</b>", "b", "<[b]>[b]old</[b]>", id="markup-is-text"),
        pytest.param("我想要一个蛋糕", "蛋糕", "我想要一个[蛋糕]", id="a-script-without-spaces"),
        pytest.param("nothing", "cake", "nothing", id="nothing"),
        pytest.param("", "cake", "", id="empty"),
        pytest.param("a b", "\u0301", "a b", id="an-accent-alone"),
        pytest.param("a.b*c", ".*", "a.b*c", id="no-words"),
    ],
)
def test_words_are_marked_where_they_stand(text: str, query: str, shown: str) -> None:
    assert _shown(text, query) == shown


def test_nothing_of_a_text_is_lost() -> None:
    text = "x" * 50 + " cake \n" + "ﬁ ß İ ‍ " * 20

    assert "".join(part.text for part in marked(text, wanted_words("cake fi i x"))) == text


def test_of_a_long_text_the_place_is_shown_where_a_word_stands() -> None:
    parts = excerpt("word " * 100 + "the cake " + "more " * 100, wanted_words("cake"))

    text = "".join(part.text for part in parts)
    assert [part.text for part in parts if part.marked] == ["cake"]
    assert (text[0], text[-1]) == ("…", "…")
    assert len(text) < 250

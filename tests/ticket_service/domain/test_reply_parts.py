"""A long text is split at the best places, and nothing of it is lost or doubled."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_service.domain.reply_parts import characters, split

FAMILY = "👨\u200d👩\u200d👧"
WORDS = st.sampled_from(
    ["a", "word", "longer-word", "Satz.", "Ende!\n\n", "\n", "\u00a0", FAMILY, "🇩🇪", "e\u0301", "漢字。"]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=80).map(" ".join),
    st.lists(WORDS, max_size=80).map("".join),
)


def whole(parts: list[str], text: str) -> bool:
    """Whether the parts and the whitespace between and around them are the text."""
    return re.fullmatch(r"\s*" + r"\s*".join(map(re.escape, parts)) + r"\s*", text) is not None


@given(TEXTS, st.integers(16, 60), st.integers(1, 10))
def test_the_parts_are_the_text(text: str, limit: int, most: int) -> None:
    assert whole(split(text, limit, most), text)


@given(TEXTS, st.integers(16, 60))
def test_every_part_fits_by_either_count(text: str, limit: int) -> None:
    assert all(max(len(part), characters(part)) <= limit for part in split(text, limit))


@given(TEXTS, st.integers(16, 60))
def test_no_part_is_blank_unless_the_text_is(text: str, limit: int) -> None:
    assert not text.strip() or all(part.strip() for part in split(text, limit))


@given(st.text(max_size=60))
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    assert split(text, 120) == [text]


@given(st.lists(st.text("abc", min_size=1, max_size=16), max_size=60), st.integers(16, 60))
def test_a_word_that_fits_is_never_cut(words: list[str], limit: int) -> None:
    assert [word for part in split(" ".join(words), limit) for word in part.split()] == words


@given(st.lists(st.sampled_from([FAMILY, "🇩🇪", "e\u0301", "👍🏽", "x"]), min_size=1, max_size=60), st.integers(16, 60))
def test_what_people_see_as_one_character_is_never_cut(seen: list[str], limit: int) -> None:
    for part in split("".join(seen), limit):
        assert re.fullmatch(f"({FAMILY}|🇩🇪|e\u0301|👍🏽|x)+", part)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("one two three four five", ["one two three four", "five"], id="words"),
        pytest.param("It is so. Then it is", ["It is so. Then it is"], id="exactly the limit"),
        pytest.param("That it is so. Then it is", ["That it is so.", "Then it is"], id="sentences"),
        pytest.param("It is. Then it was that", ["It is. Then it was", "that"], id="a sentence that ends too early"),
        pytest.param("That is so.\n\nThen. It is", ["That is so.", "Then. It is"], id="paragraphs"),
        pytest.param("First line\nthen a second", ["First line", "then a second"], id="lines"),
        pytest.param('He said "so." And went', ['He said "so."', "And went"], id="a quotation"),
        pytest.param("x" * 45, ["x" * 20, "x" * 20, "x" * 5], id="an endless word"),
        pytest.param("a" + " " * 60 + "b", ["a", "b"], id="endless whitespace"),
        pytest.param("😀" * 12, ["😀" * 10, "😀" * 2], id="two units each"),
        pytest.param(
            "It costs about 12\u00a0000 dollars", ["It costs about", "12\u00a0000 dollars"], id="no-break space"
        ),
        pytest.param(
            "お問い合わせありがとう。確認します。", ["お問い合わせありがとう。確認します。"], id="no whitespace"
        ),
        pytest.param(
            "お問い合わせありがとう。荷物を確認いたします。",
            ["お問い合わせありがとう。", "荷物を確認いたします。"],
            id="stops",
        ),
    ],
)
def test_where_a_text_is_cut(text: str, parts: list[str]) -> None:
    assert split(text, 20) == parts


def test_parts_are_filled_up_when_they_would_be_too_many() -> None:
    text = "Twelve chars. " * 3

    assert split(text, 20) == ["Twelve chars."] * 3
    assert split(text, 20, most=2) == ["Twelve chars. Twelve", "chars. Twelve chars."]

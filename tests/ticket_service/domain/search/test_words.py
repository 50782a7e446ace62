"""Words are found as people type them, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_service.domain.search.words import MAX_CHARACTERS, MAX_WORDS, beginnings_of, words_of


def found(text: str, query: str) -> bool:
    """What the database does with both."""
    asked = beginnings_of(query)
    return bool(asked) and all(any(word.startswith(one) for word in words_of(text)) for one in asked)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        pytest.param("My order 4711 is late", "ORDER late", id="case and order"),
        pytest.param("My order 4711 is late", "ord", id="the beginning of a word"),
        pytest.param("My order 4711 is late", "47", id="the beginning of a number"),
        pytest.param("C'est cassé :( aidez-moi", "casse AIDEZ", id="accents left out"),
        pytest.param("cafe", "café", id="accents typed that are not there"),
        pytest.param("cafe\u0301", "caf\u00e9", id="composed and not"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("Łódź København fœtus Đà Nẵng", "lodz kobenhavn foetus da nang", id="letters with strokes"),
        pytest.param("İstanbul ılık", "istanbul ilik", id="both letters i of Turkish"),
        pytest.param("ΚΑΛΗΜΈΡΑ", "καλημερα", id="Greek"),
        pytest.param("Ещё мой заказ", "еще мои", id="Cyrillic"),
        pytest.param("שָׁלוֹם", "שלום", id="Hebrew without points"),
        pytest.param("طَلَبي أين", "طلبي اين", id="Arabic without vowels"),
        pytest.param("الطـــلب", "الطلب", id="Arabic, drawn long"),
        pytest.param("मेरा ऑर्डर कहाँ है", "ऑर्डर", id="Hindi"),
        pytest.param("मेरा ऑर्डर कहाँ है", "ऑर्ड", id="the beginning of a word in Hindi"),
        pytest.param("எனது ஆர்டர் எங்கே", "ஆர்டர்", id="Tamil"),
        pytest.param("สินค้าของฉันอยู่ที่ไหน", "ของฉัน", id="Thai, inside"),
        pytest.param("私の注文はどこですか", "注文", id="Japanese, inside"),
        pytest.param("私の注文はどこですか", "か", id="one sign, the last"),
        pytest.param("私の注文はどこですか", "文", id="one sign, inside"),
        pytest.param("ガソリン", "ｶﾞｿﾘﾝ", id="half-width Katakana"),
        pytest.param("我的订单在哪里", "订单", id="Chinese"),
        pytest.param("订单4711号", "4711", id="a number between Chinese signs"),
        pytest.param("주문을 취소해 주세요", "주문", id="Korean, without the particle"),
        pytest.param("ＡＢＣ４７１１", "abc4711", id="full width"),
        pytest.param("طلب ٤٧١١", "4711", id="Arabic digits"),
        pytest.param("\u200forder\u200f", "order", id="marks of direction"),
        pytest.param("me\u00adet", "meet", id="soft hyphen"),
        pytest.param("😡order😡", "order", id="between emoji"),
        pytest.param("x" * 100, "x" * 90, id="an endless word"),
    ],
)
def test_found(text: str, query: str) -> None:
    assert found(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        pytest.param("My order", "rder", id="the end of a word"),
        pytest.param("My order", "order late", id="not all words"),
        pytest.param("私の注文はどこですか", "文注", id="signs in another order"),
        pytest.param("कल", "काल", id="another vowel in Hindi"),
        pytest.param("in order", "inorder", id="a space that is there"),
    ],
)
def test_not_found(text: str, query: str) -> None:
    assert not found(text, query)


@pytest.mark.parametrize(
    "query", ["", " \t\n", "?", "😡", '""', ".*", "\\", "👩\u200d👩\u200d👧", "❤️", "✌🏽", "\u200f", "\x00", "₿€"]
)
def test_a_query_without_words(query: str) -> None:
    assert beginnings_of(query) == []


def test_a_word_is_stored_once() -> None:
    assert words_of("Late, late LATE order") == ["late", "order"]


def test_a_long_note_has_no_endless_list() -> None:
    words = words_of(" ".join(f"word{i}" for i in range(MAX_WORDS + 1)) + " " + "y" * 99)

    assert len(words) == MAX_WORDS
    assert max(len(word) for word in words_of("y" * 99)) == MAX_CHARACTERS


@given(st.text(max_size=60))
def test_whatever_stands_in_a_text_finds_it(text: str) -> None:
    assert found(text, text) or not beginnings_of(text)

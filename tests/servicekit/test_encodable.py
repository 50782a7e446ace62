import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.encodable import encodable


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("hi 😀 ü", "hi 😀 ü", id="whole"),
        pytest.param("\ufeffhi", "\ufeffhi", id="byte order mark"),
        pytest.param("hi \ud83d", "hi \ufffd", id="first half at the end"),
        pytest.param("\ude00 hi", "\ufffd hi", id="second half at the beginning"),
        pytest.param("a\ud83db\ude00c", "a\ufffdb\ufffdc", id="halves apart"),
        pytest.param("\ude00\ud83d", "\ufffd\ufffd", id="halves in the wrong order"),
        pytest.param("\ufeff\ud83d\ud83d\ude00", "\ufeff\ufffd😀", id="a half before a whole one"),
    ],
)
def test_what_has_no_utf_8_form_is_replaced(text: str, written: str) -> None:
    assert encodable(text) == written


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=20))
def test_it_can_always_be_written_and_is_left_alone_then(text: str) -> None:
    written = encodable(text)

    written.encode()
    assert encodable(written) == written

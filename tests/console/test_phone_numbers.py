"""Phone numbers on pages."""

import pytest

from console.words.phone_numbers import numbers_international


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("those to +12065550142 (elsewhere)", "those to +1 206-555-0142 (elsewhere)", id="in a sentence"),
        pytest.param("+12065550142, +442079460000.", "+1 206-555-0142, +44 20 7946 0000.", id="several"),
        pytest.param("1+1 is 2, +12 too", "1+1 is 2, +12 too", id="no numbers of phones"),
        pytest.param("12345 and Keva", "12345 and Keva", id="a short code and a name"),
    ],
)
def test_numbers_in_a_sentence_are_written_as_people_do(text: str, written: str) -> None:
    assert numbers_international(text) == written

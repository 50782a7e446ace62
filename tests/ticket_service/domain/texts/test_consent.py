"""Who takes texts from which of our numbers, before and after a word to one of them."""

from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, NOW
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent, Consents, is_opted_out, latest, with_consent

A, B = "+12065550100", "+12065550200"
OUT_OF_A, OUT_OF_B = Consent(A, True, BEFORE), Consent(B, True, BEFORE)
# A version that kept one answer for all numbers.
OUT_OF_ALL, IN_OF_ALL = Consent(EVERY_NUMBER, True, BEFORE), Consent(EVERY_NUMBER, False, BEFORE)


@pytest.mark.parametrize(
    ("consents", "out_of"),
    [
        pytest.param((), set(), id="who never said anything"),
        pytest.param((OUT_OF_A,), {A}, id="STOP to one number"),
        pytest.param((OUT_OF_A, OUT_OF_B), {A, B}, id="STOP to both"),
        pytest.param((Consent(A, False, BEFORE), OUT_OF_B), {B}, id="START to one, STOP to the other"),
        pytest.param((OUT_OF_ALL,), {A, B}, id="STOP to an older version: to whichever number"),
        pytest.param((IN_OF_ALL,), set(), id="START to an older version"),
        pytest.param((IN_OF_ALL, OUT_OF_A), {A}, id="STOP since"),
    ],
)
def test_opted_out_of(consents: Consents, out_of: set[str]) -> None:
    assert {number for number in (A, B) if is_opted_out(consents, number)} == out_of


@pytest.mark.parametrize(
    ("before", "word", "after"),
    [
        pytest.param((), OUT_OF_A, (OUT_OF_A,), id="the first word"),
        pytest.param(
            (OUT_OF_A,), Consent(A, False, NOW), (Consent(A, False, NOW),), id="the last word of a pair counts"
        ),
        pytest.param((OUT_OF_A,), OUT_OF_B, (OUT_OF_A, OUT_OF_B), id="a word to another number leaves it alone"),
        pytest.param((OUT_OF_A,), Consent(B, False, NOW), (OUT_OF_A, Consent(B, False, NOW)), id="so does a START"),
        pytest.param((OUT_OF_ALL,), OUT_OF_A, (OUT_OF_ALL, OUT_OF_A), id="STOP leaves what an older version knew"),
        pytest.param(
            (OUT_OF_ALL,), Consent(A, False, NOW), (Consent(A, False, NOW),), id="START ends what an older version knew"
        ),
    ],
)
def test_word_to_a_number(before: Consents, word: Consent, after: Consents) -> None:
    assert with_consent(before, word) == after


def test_latest_word() -> None:
    assert latest(()) is None
    assert latest((Consent(A, True),)) is None
    assert latest((OUT_OF_A, Consent(B, False, BEFORE + timedelta(days=1)))) == BEFORE + timedelta(days=1)

"""Who takes texts from which of our numbers, before and after a word to one of them."""

from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, NOW
from ticket_service.domain.texts.consent import (
    EVERY_NUMBER,
    Consent,
    Consents,
    ConsentSource,
    is_opted_out,
    latest,
    with_consent,
)

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


REFUSED_BY_B = Consent(B, True, BEFORE, ConsentSource.REFUSED_REPLY)


@pytest.mark.parametrize(
    ("known", "word", "kept"),
    [
        pytest.param(REFUSED_BY_B, Consent(A, False, NOW, ConsentSource.KEYWORD), False, id="START"),
        pytest.param(
            REFUSED_BY_B, Consent(A, False, NOW, ConsentSource.OPT_OUT_TYPE), False, id="START as Twilio says"
        ),
        pytest.param(REFUSED_BY_B, Consent(A, True, NOW, ConsentSource.KEYWORD), True, id="STOP"),
        pytest.param(REFUSED_BY_B, Consent(A, False, NOW, ConsentSource.FIRST_TEXT, "signed up"), True, id="a basis"),
        pytest.param(REFUSED_BY_B, Consent(A, False, NOW, ConsentSource.AGENT, "by phone"), True, id="what we note"),
        pytest.param(
            Consent(B, True, NOW, ConsentSource.REFUSED_REPLY),
            Consent(A, False, BEFORE, ConsentSource.KEYWORD),
            True,
            id="a START that comes late: Twilio has refused since",
        ),
        pytest.param(
            Consent(B, True, BEFORE, ConsentSource.KEYWORD),
            Consent(A, False, NOW, ConsentSource.KEYWORD),
            True,
            id="the customer's own STOP to the other number",
        ),
    ],
)
def test_start_ends_what_twilio_has_refused_from_other_numbers(known: Consent, word: Consent, kept: bool) -> None:
    assert with_consent((known,), word) == ((known, word) if kept else (word,))


def test_latest_word() -> None:
    assert latest(()) is None
    assert latest((Consent(A, True),)) is None
    assert latest((OUT_OF_A, Consent(B, False, BEFORE + timedelta(days=1)))) == BEFORE + timedelta(days=1)


@pytest.mark.parametrize(
    ("source", "after"),
    [
        pytest.param(ConsentSource.KEYWORD, True, id="the customer's own word"),
        pytest.param(ConsentSource.REFUSED_REPLY, True, id="Twilio's"),
        pytest.param(None, True, id="what a version before kept"),
        pytest.param(ConsentSource.FIRST_TEXT, False, id="the basis of a first text"),
        pytest.param(ConsentSource.IMPORT, False, id="the basis of a list"),
    ],
)
def test_word_that_comes_late_gives_way_to_a_later_word_alone(source: ConsentSource | None, after: bool) -> None:
    assert Consent(A, False, NOW, source).is_after(NOW - timedelta(minutes=1)) == after
    assert not Consent(A, False, NOW, source).is_after(NOW)


def test_basis_of_a_first_text_never_takes_the_place_of_the_customers_word() -> None:
    basis = Consent(A, False, NOW, ConsentSource.FIRST_TEXT, "signed up")
    stop = (Consent(A, True, NOW, ConsentSource.KEYWORD),)

    assert with_consent(stop, basis) == stop
    assert with_consent((Consent(EVERY_NUMBER, True),), basis) == (Consent(EVERY_NUMBER, True),)
    assert with_consent((), basis) == (basis,)
    assert with_consent((basis,), stop[0]) == stop

"""Segments as Twilio counts them: its alphabet is the one of its public segment calculator."""

import string

import pytest

from servicekit.segments import GSM_7, UCS_2, beyond_gsm_7, encoding, segment_count, segment_count_in_gsm_7

# All keys of the table UnicodeToGsm in TwilioDevEd/message-segment-calculator.
TWILIOS_GSM_7 = (
    "\n\f\r !\"#$%&'()*+,-./:;<=>?@[\\]^_{|}~¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ€"
    + string.ascii_letters
    + string.digits
)
ESCAPE = "\x1b"


def test_alphabet_is_twilios() -> None:
    characters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]

    assert {one for one in characters if encoding(one) == GSM_7} == set(TWILIOS_GSM_7)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        (ESCAPE + "a" * 69, 1),
        (ESCAPE + "a" * 70, 2),
        ("a" * 66 + ESCAPE + "b" * 67, 2),
        ("a" * 66 + ESCAPE + "b" * 68, 3),
        (ESCAPE * 70, 1),
        ("`" + "a" * 70, 2),
        ("ç" + "a" * 70, 2),
        ("😡" * 35, 1),
        ("😡" * 36, 2),
    ],
)
def test_segments(text: str, segments: int) -> None:
    assert segment_count(text) == segments


@pytest.mark.parametrize("text", [ESCAPE, f"red{ESCAPE}[0m", f"{ESCAPE}e"])
def test_an_escape_makes_a_text_ucs_2(text: str) -> None:
    assert encoding(text) == UCS_2
    assert beyond_gsm_7(text) == [ESCAPE]
    assert segment_count_in_gsm_7(text) == 1

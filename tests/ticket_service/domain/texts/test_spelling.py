"""Words as they are meant."""

import pytest

from ticket_service.domain.texts.spelling import Spelling

_SPELLING = Spelling(["texting", "receive"], ["stop", "hello", "texting"])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stooop", "stop"),
        ("stopppp", "stop"),
        ("heelllo", "heelllo"),
        ("helllo", "hello"),
        ("st0p", "stop"),
        ("5t0p", "stop"),
        ("05", "05"),
        ("texing", "texting"),
        ("tesxting", "texting"),
        ("tetxing", "texting"),
        ("recieve", "receive"),
        ("received", "received"),
        ("testing", "testing"),
        ("shop", "shop"),
    ],
)
def test_word(said: str, meant: str) -> None:
    assert _SPELLING.corrected(["please", said]) == ["please", meant]

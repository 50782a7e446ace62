import pytest

from servicekit.masking import mask


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("+15551234567", "+*******4567"),
        ("whatsapp:+15551234567", "whatsapp:+*******4567"),
        ("12345", "*2345"),
        ("1234", "****"),
        ("KEVA", "KEVA"),
        ("", ""),
    ],
)
def test_mask(address: str, masked: str) -> None:
    assert mask(address) == masked

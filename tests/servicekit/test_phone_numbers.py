import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import errors
from servicekit.masking import mask
from servicekit.phone_numbers import Address, AddressKind, e164, normalize, require_e164


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("(555) 123-4567", "US", "+15551234567"),
        ("555-123-4567", "US", "+15551234567"),
        ("555.123.4567", "US", "+15551234567"),
        ("5551234567", "US", "+15551234567"),
        ("1 555 123 4567", "US", "+15551234567"),
        ("+15551234567", "US", "+15551234567"),
        ("+15551234567", "GB", "+15551234567"),
        ("  +1 (555) 123-4567 ", "US", "+15551234567"),
        ("tel:+1-555-123-4567", "US", "+15551234567"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 20 7946 0958", "US", "+442079460958"),
        ("+44 (0)20 7946 0958", "US", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("٥٥٥١٢٣٤٥٦٧", "US", "+15551234567"),
    ],
)
def test_e164(text: str, region: str, number: str) -> None:
    assert e164(text, region) == number
    assert require_e164(text, region, "phone_number") == number


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("123-4567", id="no area code"),
        pytest.param("911", id="emergency"),
        pytest.param("hello", id="word"),
        pytest.param("+", id="plus"),
        pytest.param("+999123456789", id="no such country"),
        pytest.param("+1555123456789012", id="too long"),
        pytest.param("+1555", id="too short"),
        pytest.param("555-123-4567 ext. 5", id="extension"),
        pytest.param("5" * 300, id="endless"),
        pytest.param("\x00", id="NUL"),
        pytest.param("\ud800", id="lone surrogate"),
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert e164(text, "US") is None
    with pytest.raises(errors.InvalidArgument) as refused:
        require_e164(text, "US", "phone_number")
    assert (refused.value.reason, refused.value.metadata) == ("PHONE_NUMBER_INVALID", {"field": "phone_number"})


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("(555) 123-4567", "+15551234567", AddressKind.E164),
        ("+442079460958", "+442079460958", AddressKind.E164),
        ("12345", "12345", AddressKind.SHORT_CODE),
        ("729", "729", AddressKind.SHORT_CODE),
        ("262966", "262966", AddressKind.SHORT_CODE),
        ("KEVA", "KEVA", AddressKind.ALPHANUMERIC),
        ("Keva Support", "Keva Support", AddressKind.ALPHANUMERIC),
        ("AT&T", "AT&T", AddressKind.ALPHANUMERIC),
        ("whatsapp:+15551234567", "whatsapp:+15551234567", AddressKind.SCHEME),
        ("WhatsApp:(555) 123-4567", "whatsapp:+15551234567", AddressKind.SCHEME),
        ("rcs:+442079460958", "rcs:+442079460958", AddressKind.SCHEME),
        ("rcs:my_agent", "rcs:my_agent", AddressKind.SCHEME),
        (" +15551234567\n", "+15551234567", AddressKind.E164),
    ],
)
def test_normalize(text: str, value: str, kind: AddressKind) -> None:
    assert normalize(text, "US") == Address(value, kind)


@pytest.mark.parametrize(
    "text", ["", "   ", "12", "whatsapp:", "+", "<script>", "\x00", "KEVA" * 5, "client:bob", "🙂"]
)
def test_what_is_no_address(text: str) -> None:
    assert normalize(text, "US") is None


@given(st.text(), st.sampled_from(["US", "GB", "ZZ", ""]))
def test_nothing_raises(text: str, region: str) -> None:
    number = e164(text, region)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())
    normalize(text, region)
    mask(text)


@given(st.text(alphabet="0123456789+-() .ext#*;,a", max_size=30))
def test_a_normalized_address_stays_as_it_is(text: str) -> None:
    address = normalize(text, "US")

    assert address is None or normalize(address.value, "US") == address

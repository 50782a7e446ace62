import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import errors
from servicekit.masking import mask
from servicekit.phone_numbers import Address, AddressKind, e164, normalize, require_e164, require_number


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
        # As programs copy it: between marks of direction, with spaces that do not break, with a mark at the beginning.
        ("\u202a+1 (555) 123-4567\u202c", "US", "+15551234567"),
        ("\u2068555\u2011123\u20114567\u2069", "US", "+15551234567"),
        ("+33\u202f6\u202f12\u202f34\u202f56\u202f78", "US", "+33612345678"),
        ("+1\xa0555\u2009123\u20094567", "US", "+15551234567"),
        ("\ufeff+15551234567", "US", "+15551234567"),
        ("+1555123\u200b4567", "US", "+15551234567"),
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
        ("tel:+1-555-123-4567", "+15551234567", AddressKind.E164),
        # As networks write it: the tables do not know it any more, and never change it.
        ("+5215512345678", "+5215512345678", AddressKind.E164),
        ("+22997123456", "+22997123456", AddressKind.E164),
        ("+22559005608", "+22559005608", AddressKind.E164),
        ("+4400441234567", "+4400441234567", AddressKind.E164),
        ("+266696687", "+266696687", AddressKind.NO_NUMBER),
        ("+7378742833", "+7378742833", AddressKind.NO_NUMBER),
        ("+86282452253", "+86282452253", AddressKind.NO_NUMBER),
        ("+2562533", "+2562533", AddressKind.NO_NUMBER),
        ("+6063001", "+6063001", AddressKind.NO_NUMBER),
        ("+999123456789", "+999123456789", AddressKind.NO_NUMBER),
        ("+1555123456789012", "+1555123456789012", AddressKind.NO_NUMBER),
        ("+", "+", AddressKind.ALPHANUMERIC),
        ("1234567", "1234567", AddressKind.SHORT_CODE),
        ("12", "12", AddressKind.ALPHANUMERIC),
        ("123456789", "123456789", AddressKind.ALPHANUMERIC),
        ("Macy's", "Macy's", AddressKind.ALPHANUMERIC),
        ("Uber!", "Uber!", AddressKind.ALPHANUMERIC),
        ("Café", "Café", AddressKind.ALPHANUMERIC),
        ("МТС", "МТС", AddressKind.ALPHANUMERIC),
        ("AMAZON-PRIME-SUPPORT", "AMAZON-PRIME-SUPPORT", AddressKind.ALPHANUMERIC),
        ("KEVA" * 5, "KEVA" * 5, AddressKind.ALPHANUMERIC),
        ("info@example.com", "info@example.com", AddressKind.ALPHANUMERIC),
        ("BANK*INFO", "BANK*INFO", AddressKind.ALPHANUMERIC),
        ("1-800-FLOWERS", "1-800-FLOWERS", AddressKind.ALPHANUMERIC),
        ("555-123-4567 ext. 5", "555-123-4567 ext. 5", AddressKind.ALPHANUMERIC),
        ("A 5551234567", "A 5551234567", AddressKind.ALPHANUMERIC),
        ("<script>", "<script>", AddressKind.ALPHANUMERIC),
        ("\x00", "\x00", AddressKind.ALPHANUMERIC),
        ("🙂", "🙂", AddressKind.ALPHANUMERIC),
        ("whatsapp:", "whatsapp:", AddressKind.ALPHANUMERIC),
        ("whatsapp:BR.1502576394655843", "whatsapp:BR.1502576394655843", AddressKind.SCHEME),
        ("whatsapp:+5215512345678", "whatsapp:+5215512345678", AddressKind.SCHEME),
        ("messenger:2065550143", "messenger:2065550143", AddressKind.SCHEME),
        ("instagram:17841400008460056", "instagram:17841400008460056", AddressKind.SCHEME),
        ("client:5551234567", "client:5551234567", AddressKind.SCHEME),
        ("client:bob", "client:bob", AddressKind.SCHEME),
        ("sip:+12065550100@example.com", "sip:+12065550100@example.com", AddressKind.SCHEME),
    ],
)
def test_normalize(text: str, value: str, kind: AddressKind) -> None:
    assert normalize(text, "US") == Address(value, kind)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_what_is_no_address(text: str) -> None:
    assert normalize(text, "US") is None


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("+12065550100", True),
        ("+5215512345678", True),
        ("+22997123456", True),
        ("12345", True),
        ("whatsapp:+12065550100", True),
        ("rcs:my_agent", True),
        ("KEVA", False),
        ("123456789", False),
        ("+266696687", False),
        ("+2562533", False),
        ("messenger:2065550143", False),
        ("client:5551234567", False),
    ],
)
def test_whether_it_can_be_texted(address: str, can: bool) -> None:
    known = normalize(address, "US")

    assert known is not None
    assert known.can_be_texted is can


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("087043843093", "KR"),
        ("090883344803", "BR"),
        ("+4400441234567", "GB"),
        ("12345678", "DK"),
        ("0412345678", "AU"),
    ],
)
def test_what_is_stored_does_not_change_when_it_is_read_again(text: str, region: str) -> None:
    address = normalize(text, region)

    assert address is not None
    for again in (region, "US", "ZZ"):
        assert normalize(address.value, again) == address
    number = e164(text, region)
    assert number is None or e164(number, "US") == number


@pytest.mark.parametrize("typed", ["384387", " 384387 ", "729"])
def test_a_number_of_ours_may_be_a_short_code(typed: str) -> None:
    assert require_number(typed, "US", "phone_number") == typed.strip()


@pytest.mark.parametrize("typed", ["", "12", "KEVA", "38 43 87", "whatsapp:+12065550100", "123456789"])
def test_a_number_of_ours_is_nothing_else(typed: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refused:
        require_number(typed, "US", "phone_number")
    assert refused.value.reason == "PHONE_NUMBER_INVALID"


@given(st.text(), st.sampled_from(["US", "GB", "ZZ", ""]))
def test_nothing_raises(text: str, region: str) -> None:
    number = e164(text, region)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())
    normalize(text, region)
    mask(text)


@given(st.text(alphabet="0123456789+-() .ext#*;,a", max_size=30))
def test_a_normalized_address_stays_as_it_is(text: str) -> None:
    address = normalize(text, "US")

    assert (address is None) == (not text.strip())
    assert address is None or normalize(address.value, "US") == address


@given(st.text(), st.sampled_from(["US", "KR", "BR", "IT", "DK"]))
def test_so_does_anything_else(text: str, region: str) -> None:
    address = normalize(text, region)

    assert address is None or normalize(address.value, region) == address

"""Twilio's parameters as typed values."""

import pytest

from servicekit.clock import utc_now
from servicekit.limits import ADDRESS_CHARACTERS
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.twilio.inbound import read_message
from sms_service.twilio.message_lines import received_log

VALUES = {"AccountSid": "AC", "MessageSid": "SM" + "1" * 32, "From": "+15551234567", "To": "+15550001000"}


def _read(region: str = "US", **values: str) -> InboundMessage:
    return read_message(Webhook("", "", tuple({**VALUES, **values}.items())), region)


@pytest.mark.parametrize("num_media", ["", "-1", "1e9", "٣", "99999999999999", "3.5", "banana"])
def test_senseless_media_counts_are_no_media(num_media: str) -> None:
    assert _read(NumMedia=num_media, MediaUrl0="https://api.twilio.com/a").media == ()


@pytest.mark.parametrize("region", ["US", "DK", "KR", "BR", "ZZ"])
@pytest.mark.parametrize(
    "sender",
    [
        *("+5215512345678", "+22997123456", "+22559005608", "+266696687", "+2562533", "+6063001", "+4400441234567"),
        *("123456", "12345678", "123456789", "087043843093", "090883344803", "5551234567", "(555) 123-4567"),
        *("Macy's", "Uber!", "Café", "МТС", "AMAZON-PRIME-SUPPORT", "info@example.com", "BANK*INFO", "\x00", "💥"),
        *("messenger:2065550143", "instagram:17841400008460056", "client:5551234567", "whatsapp:BR.1502576394655843"),
    ],
)
def test_whoever_texts_is_read_alike_by_webhook_and_recovery(sender: str, region: str) -> None:
    line = {"sid": "SM" + "1" * 32, "direction": "inbound", "from": sender, "body": "hi"}
    (found,) = received_log([line], VALUES["To"], utc_now(), utc_now(), region).messages

    read = _read(region, From=sender)

    assert read.customer_address == found.from_address
    digits_alone = sender.lstrip("+").replace(" ", "").strip("()-").isdigit()
    assert digits_alone or "(" in sender or read.customer_address == sender


@pytest.mark.parametrize("beginning", ["a", "whatsapp:a", "+9", "💥"])
def test_a_sender_of_any_length_can_be_stored_and_is_nobody_else(beginning: str) -> None:
    senders = [f"{beginning * 300}{end}" for end in "12"]
    lines = [{"sid": f"SM{i:032x}", "direction": "inbound", "from": s, "body": "hi"} for i, s in enumerate(senders)]

    read = [_read(From=sender).customer_address for sender in senders]

    assert {len(address) for address in read} == {ADDRESS_CHARACTERS}
    assert len(set(read)) == len(senders)
    log = received_log(lines[::-1], VALUES["To"], utc_now(), utc_now(), "US")
    assert [text.from_address for text in log.messages] == read
    assert [_read(From=address).customer_address for address in read] == read


def test_eight_digits_are_a_number_where_such_numbers_are() -> None:
    assert _read("DK", From="12345678").customer_address == "+4512345678"
    assert _read("US", From="12345678").customer_address == "12345678"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("From", "", "FIELD_REQUIRED"),
        ("From", "  ", "FIELD_REQUIRED"),
        ("To", "", "FIELD_REQUIRED"),
        ("To", "KEVA", "FIELD_INVALID"),
        ("To", "💥", "FIELD_INVALID"),
    ],
)
def test_what_nobody_can_make_a_text_of_is_refused(name: str, value: str, reason: str) -> None:
    with pytest.raises(WebhookRefused) as refused:
        _read(**{name: value})

    assert (refused.value.reason, refused.value.field) == (reason, name)


def test_half_of_a_character_is_replaced() -> None:
    read = _read(Body="hi \ud83d", FromCity="\ude00", From="Caf\ud83d")

    assert (read.text, read.city, read.customer_address) == ("hi \ufffd", "\ufffd", "Caf\ufffd")


def test_message_that_is_a_place_alone_has_a_text() -> None:
    read = _read(From="whatsapp:+15551234567", Body="", Latitude="47.6097", Longitude="-122.3422", Label="Pike Place")

    assert read.text == "Location: Pike Place (47.6097, -122.3422)"

"""What a verified webhook says: Twilio's parameters as typed values. Asks nobody."""

import hashlib
from collections.abc import Iterable, Mapping

from servicekit import phone_numbers
from servicekit.encodable import encodable
from servicekit.limits import ADDRESS_CHARACTERS
from servicekit.phone_numbers import AddressKind
from sms_service.domain.delivery import FAILED_STATUSES, DeliveryNews
from sms_service.domain.message import InboundMessage, is_message_sid
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.twilio.body import text_of
from sms_service.twilio.errors import explain
from sms_service.twilio.webhook_urls import FALLBACK_PATH, message_id_in

# Twilio sends at most ten.
_MAX_MEDIA = 10


def read_message(webhook: Webhook, default_region: str) -> InboundMessage:
    """The text that a webhook brings. Raises WebhookRefused FIELD_REQUIRED or FIELD_INVALID.

    Twilio adds parameters without notice: unknown ones are left alone. Body may be missing (a picture alone).
    """
    values = {name: encodable(value) for name, value in webhook.first.items()}
    _require(values, ("MessageSid", "From", "To"))
    return InboundMessage(
        account_sid=values["AccountSid"],
        message_sid=message_sid(values),
        customer_address=sender(values, default_region),
        channel_address=_receiver(values, default_region),
        text=text_of(values),
        city=values.get("FromCity", ""),
        state=values.get("FromState", ""),
        country=values.get("FromCountry", ""),
        zip=values.get("FromZip", ""),
        opt_out_type=values.get("OptOutType", "").upper(),
        media=_media(values),
        fallback_error_code=_fallback_error_code(webhook.url, values),
    )


def read_news(callback: Webhook) -> tuple[str, DeliveryNews]:
    """The id of the message that a status callback is about, and what it says. Raises WebhookRefused FIELD_REQUIRED or
    FIELD_INVALID."""
    message_id = message_id_in(callback.url)
    if not message_id:
        raise WebhookRefused("FIELD_REQUIRED", "message_id")
    values = callback.first
    sid, status = message_sid(values), values.get("MessageStatus", "").lower()
    _require(values, ("MessageStatus",))
    failed = status in FAILED_STATUSES
    failure = explain(_error_code(values.get("ErrorCode", "")), values.get("From", "")) if failed else None
    return message_id, DeliveryNews(sid, status, failure)


def message_sid(values: Mapping[str, str]) -> str:
    """A text's MessageSid, of its webhook or of Twilio's log. Raises WebhookRefused FIELD_REQUIRED or FIELD_INVALID."""
    _require(values, ("MessageSid",))
    if not is_message_sid(values["MessageSid"]):
        raise WebhookRefused("FIELD_INVALID", "MessageSid")
    return values["MessageSid"]


def _error_code(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _fallback_error_code(url: str, values: Mapping[str, str]) -> int:
    """Rule: https://www.twilio.com/docs/usage/security/availability-reliability. The URL is signed, so that it is
    Twilio's word whether this is the second attempt."""
    return _error_code(values.get("ErrorCode", "")) if url.partition("?")[0].endswith(FALLBACK_PATH) else 0


def _require(values: Mapping[str, str], names: Iterable[str]) -> None:
    for name in names:
        if not values.get(name):
            raise WebhookRefused("FIELD_REQUIRED", name)


def sender(values: Mapping[str, str], default_region: str) -> str:
    """Who wrote a text, by its webhook or by Twilio's log: whatever stands there. Raises WebhookRefused FIELD_REQUIRED
    when nothing does."""
    address = phone_numbers.normalize(values.get("From", ""), default_region)
    if address is None:
        raise WebhookRefused("FIELD_REQUIRED", "From")
    return address.value if len(address.value) <= ADDRESS_CHARACTERS else _shortened(address.value)


def _shortened(address: str) -> str:
    """One that nobody can store as it is, still another one than all others."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:16]
    return f"{address[: ADDRESS_CHARACTERS - len(digest) - 1]}…{digest}"


def _receiver(values: Mapping[str, str], default_region: str) -> str:
    address = phone_numbers.normalize(values["To"], default_region)
    # Nobody can subscribe a name.
    if address is None or address.kind is AddressKind.ALPHANUMERIC:
        raise WebhookRefused("FIELD_INVALID", "To")
    return address.value


def _media(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    count = values.get("NumMedia", "0")
    announced = min(int(count), _MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    return tuple(
        (values[f"MediaUrl{i}"], values.get(f"MediaContentType{i}", ""))
        for i in range(announced)
        if values.get(f"MediaUrl{i}")
    )

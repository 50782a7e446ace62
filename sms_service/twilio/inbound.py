"""What a verified webhook says: Twilio's parameters as typed values. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from servicekit import phone_numbers

WEBHOOK_PATH = "/api/webhooks/twilio"
FALLBACK_PATH = "/api/webhooks/twilio/fallback"
_MAX_SID_CHARACTERS = 64
# Twilio sends at most ten.
_MAX_MEDIA = 10


class Refused(Exception):
    """The webhook is not accepted; `reason` is of error_reason.proto, `field` the parameter at fault."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True)
class Webhook:
    """One request of Twilio's, exactly as it came."""

    url: str
    signature: str
    parameters: tuple[tuple[str, str], ...]
    signature_settings: str = ""

    @property
    def first(self) -> Mapping[str, str]:
        """The first value of each parameter."""
        return dict(reversed(self.parameters))


@dataclass(frozen=True)
class InboundMessage:
    """A customer's text. `opt_out_type` is STOP, START, HELP or empty; `media` are (URL, media type);
    `fallback_error_code` is Twilio's, of the webhook that failed before, when this one came to the fallback URL."""

    account_sid: str
    message_sid: str
    customer_address: str
    channel_address: str
    text: str
    city: str
    state: str
    country: str
    zip: str
    opt_out_type: str
    media: tuple[tuple[str, str], ...]
    fallback_error_code: int = 0


def read_message(webhook: Webhook, default_region: str) -> InboundMessage:
    """The text that a webhook brings. Raises Refused FIELD_REQUIRED or FIELD_INVALID.

    Twilio adds parameters without notice: unknown ones are left alone. Body may be missing (a picture alone).
    """
    values = webhook.first
    _require(values, ("MessageSid", "From", "To"))
    return InboundMessage(
        account_sid=values["AccountSid"],
        message_sid=message_sid(values),
        customer_address=_address(values, "From", default_region),
        channel_address=_address(values, "To", default_region),
        text=values.get("Body", ""),
        city=values.get("FromCity", ""),
        state=values.get("FromState", ""),
        country=values.get("FromCountry", ""),
        zip=values.get("FromZip", ""),
        opt_out_type=values.get("OptOutType", "").upper(),
        media=_media(values),
        fallback_error_code=_fallback_error_code(webhook.url, values),
    )


def message_sid(values: Mapping[str, str]) -> str:
    """MessageSid. Raises Refused."""
    _require(values, ("MessageSid",))
    if len(values["MessageSid"]) > _MAX_SID_CHARACTERS:
        raise Refused("FIELD_INVALID", "MessageSid")
    return values["MessageSid"]


def error_code(text: str) -> int:
    """Twilio's error code; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _fallback_error_code(url: str, values: Mapping[str, str]) -> int:
    """Rule: https://www.twilio.com/docs/usage/security/availability-reliability. The URL is signed, so that it is
    Twilio's word whether this is the second attempt."""
    return error_code(values.get("ErrorCode", "")) if url.partition("?")[0].endswith(FALLBACK_PATH) else 0


def _require(values: Mapping[str, str], names: Iterable[str]) -> None:
    for name in names:
        if not values.get(name):
            raise Refused("FIELD_REQUIRED", name)


def _address(values: Mapping[str, str], name: str, default_region: str) -> str:
    address = phone_numbers.normalize(values[name], default_region)
    if address is None:
        raise Refused("FIELD_INVALID", name)
    return address.value


def _media(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    count = values.get("NumMedia", "0")
    announced = min(int(count), _MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    return tuple(
        (values[f"MediaUrl{i}"], values.get(f"MediaContentType{i}", ""))
        for i in range(announced)
        if values.get(f"MediaUrl{i}")
    )

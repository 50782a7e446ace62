"""Numbers that an account owns, and where the provider sends their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Route(Enum):
    """Where a number's texts go; sms_service.proto, InboundRoute, says what each means."""

    NONE = "none"
    KEVA = "keva"
    KEVA_INCOMPLETE = "keva_incomplete"
    KEVA_REFUSED = "keva_refused"
    OTHER_WEBHOOK = "other_webhook"
    TWIML_APP = "twiml_app"
    MESSAGING_SERVICE = "messaging_service"


@dataclass(frozen=True)
class InboundUrls:
    """Which address is called for a text, and which when that fails. URLs may be empty; methods are GET or POST."""

    url: str
    method: str
    fallback_url: str
    fallback_method: str


@dataclass(frozen=True)
class PhoneNumber:
    """A number that an account owns. `application_sid` is its TwiML app, or empty."""

    phone_number: str
    phone_number_sid: str
    account_sid: str
    display_name: str
    sms_capable: bool
    mms_capable: bool
    urls: InboundUrls
    application_sid: str


@dataclass(frozen=True)
class FoundNumber:
    """A number before it is set up. `route`: where it sends its texts by itself, whatever messaging service it is in;
    `host`: that of its webhook. `taken_from`: the host that would lose its texts, empty for a TwiML app; None: nobody
    would lose anything."""

    number: PhoneNumber
    route: Route
    host: str
    taken_from: str | None


@dataclass(frozen=True)
class RoutedNumber:
    """A number and where its texts go; `messaging_service_sid` is the service that decides that, or empty. `trouble`
    says what is wrong with the way to us, or is empty: sms_service.proto, inbound_trouble."""

    number: PhoneNumber
    route: Route
    messaging_service_sid: str = ""
    trouble: str = ""


# Where a page of numbers begins: its number, and the provider's token.
NumberPosition = tuple[int, str]


@dataclass(frozen=True)
class RoutedNumberPage:
    """Some of an account's numbers; `next_position` is None on the last page."""

    numbers: Sequence[RoutedNumber]
    next_position: NumberPosition | None

"""Twilio's records of messages, numbers and messaging services as typed values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sms_service.domain.delivery import FAILED_STATUSES, DeliveryNews
from sms_service.domain.message import TakenMessage
from sms_service.domain.phone_number import InboundUrls, NumberPosition, PhoneNumber
from sms_service.twilio.errors import explain
from sms_service.twilio.message_lines import count, media_count, text, unmarked, word
from sms_service.twilio.twilio_clock import date_in_utc

# How the ids of short codes begin.
SHORT_CODE = "SC"


@dataclass(frozen=True)
class PhoneNumberPage:
    """Some of an account's numbers; `next_position` is None on the last page."""

    phone_numbers: Sequence[PhoneNumber]
    next_position: NumberPosition | None


@dataclass(frozen=True)
class MessagingService:
    """A pool of numbers with settings of their own; `urls` hold for all of them unless `uses_webhook_on_number`."""

    sid: str
    urls: InboundUrls
    uses_webhook_on_number: bool


@dataclass(frozen=True)
class MessagingServices:
    """Some of an account's services; `more`: there are others."""

    services: Sequence[MessagingService]
    more: bool


def taken_message(record: Any) -> TakenMessage:
    """A Message of the twilio package that we sent. Raises ValueError for one without a sid; whatever else of it makes
    no sense is not known."""
    if not isinstance(record.sid, str) or not record.sid:
        raise ValueError("a message without a sid")
    status, said = word(record.status), text(record.body)
    failure = explain(count(record.error_code), text(record.from_)) if status in FAILED_STATUSES else None
    return TakenMessage(
        news=DeliveryNews(record.sid, status, failure),
        segments=count(record.num_segments),
        text=said,
        create_time=date_in_utc(record.date_created),
        media_count=media_count(record.sid, count(record.num_media)),
        unmarked_text=unmarked(said),
    )


def phone_number(record: Any) -> PhoneNumber:
    """An IncomingPhoneNumber of the twilio package. Raises ValueError for one without a number or a sid."""
    number, sid = text(record.phone_number), text(record.sid)
    if not (number and sid):
        raise ValueError("a number without a name")
    capabilities = record.capabilities or {}
    able = capabilities.get if isinstance(capabilities, dict) else lambda name: getattr(capabilities, name, False)
    return PhoneNumber(
        phone_number=number,
        phone_number_sid=sid,
        account_sid=text(record.account_sid),
        display_name=text(record.friendly_name),
        sms_capable=bool(able("sms")),
        mms_capable=bool(able("mms")),
        urls=_urls(record.sms_url, record.sms_method, record.sms_fallback_url, record.sms_fallback_method),
        application_sid=text(record.sms_application_sid),
    )


def short_code(record: Any) -> PhoneNumber:
    """A ShortCode of the twilio package. Raises ValueError for one without a code or a sid."""
    number, sid = text(record.short_code), text(record.sid)
    if not (number and sid):
        raise ValueError("a short code without a name")
    return PhoneNumber(
        phone_number=number,
        phone_number_sid=sid,
        account_sid=text(record.account_sid),
        display_name=text(record.friendly_name),
        sms_capable=True,
        mms_capable=False,
        urls=_urls(record.sms_url, record.sms_method, record.sms_fallback_url, record.sms_fallback_method),
        application_sid="",
    )


def messaging_service(record: Any) -> MessagingService:
    """A messaging service of the twilio package."""
    urls = _urls(record.inbound_request_url, record.inbound_method, record.fallback_url, record.fallback_method)
    return MessagingService(text(record.sid), urls, uses_webhook_on_number=bool(record.use_inbound_webhook_on_number))


def next_position(url: str | None) -> NumberPosition | None:
    """Where the next page begins: its number, and Twilio's token."""
    if not url:
        return None
    query = parse_qs(urlsplit(url).query)
    return int(query.get("Page", ["0"])[0]), query.get("PageToken", [""])[0]


def _urls(url: object, method: object, fallback_url: object, fallback_method: object) -> InboundUrls:
    return InboundUrls(text(url), _method(method), text(fallback_url), _method(fallback_method))


def _method(method: object) -> str:
    return (text(method) or "POST").upper()

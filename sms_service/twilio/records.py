"""Twilio's records of accounts, messages, numbers and messaging services as typed values.

A record of another shape than Twilio documents raises KeyError, TypeError, ValueError or AttributeError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.base import deserialize, serialize

from sms_service.domain.credential import ProviderAccount
from sms_service.domain.delivery import FAILED_STATUSES, DeliveryNews
from sms_service.domain.message import ReceivedMessage, TakenMessage
from sms_service.domain.phone_number import InboundUrls, NumberPosition, PhoneNumber
from sms_service.twilio.errors import explain
from sms_service.twilio.http import Record


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


def provider_account(record: Record) -> ProviderAccount:
    """An Account."""
    return ProviderAccount(record["sid"], record.get("friendly_name") or "", record["status"] == "active")


def taken_message(record: Record) -> TakenMessage:
    """A Message that we sent. Raises ValueError for one without a sid."""
    sid, status = record.get("sid"), record.get("status") or ""
    if not sid:
        raise ValueError("a message without a sid")
    failure = explain(int(record.get("error_code") or 0)) if status in FAILED_STATUSES else None
    return TakenMessage(
        news=DeliveryNews(sid, status, failure),
        segments=int(record.get("num_segments") or 0),
        text=record.get("body") or "",
        create_time=_time(record.get("date_created")),
        media_count=_media_count(sid, int(record.get("num_media") or 0)),
    )


def _media_count(sid: str, counted: int) -> int | None:
    # Twilio need not have counted yet what it fetches; then the kind of its sid says that there is some.
    return None if sid.startswith("MM") and not counted else counted


def received_message(record: Record) -> ReceivedMessage:
    """A Message that a customer sent. Raises ValueError for one without a time."""
    sent = _time(record.get("date_sent")) or _time(record.get("date_created"))
    if sent is None:
        raise ValueError("a message without a time")
    return ReceivedMessage(
        sid=record["sid"],
        from_address=record.get("from") or "",
        to_address=record["to"],
        text=record.get("body") or "",
        media_count=int(record.get("num_media") or 0),
        sent_time=sent,
    )


def phone_number(record: Record) -> PhoneNumber:
    """An IncomingPhoneNumber."""
    capabilities = record.get("capabilities") or {}
    return PhoneNumber(
        phone_number=record["phone_number"],
        phone_number_sid=record["sid"],
        account_sid=record["account_sid"],
        display_name=record.get("friendly_name") or "",
        sms_capable=bool(capabilities.get("sms")),
        mms_capable=bool(capabilities.get("mms")),
        urls=_urls(record, "sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method"),
        application_sid=record.get("sms_application_sid") or "",
    )


def messaging_service(record: Record) -> MessagingService:
    """A messaging service."""
    urls = _urls(record, "inbound_request_url", "inbound_method", "fallback_url", "fallback_method")
    return MessagingService(record["sid"], urls, bool(record.get("use_inbound_webhook_on_number")))


def next_position(url: str | None) -> NumberPosition | None:
    """Where the next page begins: its number, and Twilio's token."""
    if not url:
        return None
    query = parse_qs(urlsplit(url).query)
    return int(query.get("Page", ["0"])[0]), query.get("PageToken", [""])[0]


def time_in_query(time: datetime) -> str:
    """A UTC time as Twilio's lists are filtered by, to the second."""
    return str(serialize.iso8601_datetime(time))


def _time(text: Any) -> datetime | None:
    found: datetime | None = deserialize.rfc2822_datetime(text) if text else None
    return found


def _urls(record: Record, url: str, method: str, fallback_url: str, fallback_method: str) -> InboundUrls:
    methods = [(record.get(name) or "POST").upper() for name in (method, fallback_method)]
    return InboundUrls(record.get(url) or "", methods[0], record.get(fallback_url) or "", methods[1])

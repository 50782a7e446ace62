"""Twilio's records of numbers and messaging services as provider.py has them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sms_service.ports.provider import InboundUrls, MessagingService, PhoneNumber


def read_number(record: Any) -> PhoneNumber:
    """An IncomingPhoneNumber of the twilio package."""
    capabilities = record.capabilities or {}
    able = capabilities.get if isinstance(capabilities, dict) else lambda name: getattr(capabilities, name, False)
    return PhoneNumber(
        phone_number=record.phone_number,
        phone_number_sid=record.sid,
        account_sid=record.account_sid,
        display_name=record.friendly_name or "",
        sms_capable=bool(able("sms")),
        mms_capable=bool(able("mms")),
        urls=_urls(record.sms_url, record.sms_method, record.sms_fallback_url, record.sms_fallback_method),
        application_sid=record.sms_application_sid or "",
    )


def read_service(record: Any) -> MessagingService:
    """A messaging service of the twilio package."""
    urls = _urls(record.inbound_request_url, record.inbound_method, record.fallback_url, record.fallback_method)
    return MessagingService(record.sid, urls, uses_webhook_on_number=bool(record.use_inbound_webhook_on_number))


def next_position(url: str | None) -> tuple[int, str] | None:
    """Where the next page begins: its number, and Twilio's token."""
    if not url:
        return None
    query = parse_qs(urlsplit(url).query)
    return int(query.get("Page", ["0"])[0]), query.get("PageToken", [""])[0]


def _urls(url: str | None, method: str | None, fallback_url: str | None, fallback_method: str | None) -> InboundUrls:
    return InboundUrls(url or "", (method or "POST").upper(), fallback_url or "", (fallback_method or "POST").upper())

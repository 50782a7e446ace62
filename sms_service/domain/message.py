"""Texts as the provider takes them and has them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sms_service.domain.delivery import DeliveryNews

MESSAGE_SID = "(?:SM|MM)[0-9a-fA-F]{32}"
_MESSAGE_SID = re.compile(MESSAGE_SID)


@dataclass(frozen=True)
class OutgoingMessage:
    """A text to send, which may be empty with media. `media_urls` is where the provider fetches what goes along; its
    reports on the delivery name `message_id`."""

    message_id: str
    from_address: str
    to_address: str
    text: str = field(repr=False)
    media_urls: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class TakenMessage:
    """A text of ours in the provider's log. `create_time` is to the second; `media_count` is how many files go along,
    None when there are some that it has not counted yet. `unmarked_text` is `text` without the words that the provider
    itself puts before it."""

    news: DeliveryNews
    segments: int
    text: str = field(repr=False)
    create_time: datetime | None
    media_count: int | None = 0
    unmarked_text: str = field(default="", repr=False)


@dataclass(frozen=True)
class ReceivedMessage:
    """A customer's text in the provider's log. `from_address` is normalised, as a webhook's; `sent_time` is to the
    second."""

    sid: str
    from_address: str
    to_address: str
    text: str = field(repr=False)
    media_count: int
    sent_time: datetime


@dataclass(frozen=True)
class RefusedMessage:
    """What stands in the provider's log and cannot be taken in. `sid`: its MessageSid, or a name of ours where it has
    none. `reason` is of an error_reason.proto, `field` the parameter at fault, or empty."""

    sid: str
    reason: str
    field: str = ""


@dataclass(frozen=True)
class ReceivedLog:
    """A part of the provider's log: the texts in the order in which they were sent, and what could not be read."""

    messages: Sequence[ReceivedMessage]
    refused: Sequence[RefusedMessage] = ()


@dataclass(frozen=True)
class InboundMessage:
    """A customer's text. `opt_out_type` is STOP, START, HELP or empty; `media` are (URL, media type);
    `fallback_error_code` says why the first webhook failed, when this one came to the fallback URL."""

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


def is_message_sid(text: str) -> bool:
    """Whether `text` has the form of a MessageSid, which is what a text is known by."""
    return _MESSAGE_SID.fullmatch(text) is not None

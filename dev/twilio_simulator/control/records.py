"""What the control API answers, as its Python client hands it out."""

from dataclasses import dataclass
from typing import Any

from dev.twilio_simulator.log import Attempt


@dataclass(frozen=True)
class Number:
    sid: str
    account_sid: str
    phone_number: str
    friendly_name: str
    capabilities: dict[str, bool]
    sms_url: str
    sms_method: str
    sms_fallback_url: str
    sms_fallback_method: str
    sms_application_sid: str


@dataclass(frozen=True)
class MediaFile:
    content_type: str
    content: bytes


@dataclass(frozen=True)
class TextResult:
    """What came of a customer's text. `acknowledged` is None when nobody waited for the answer."""

    message_sid: str
    acknowledged: bool | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class CallbackRecord:
    """One status callback; `attempts` are its requests and answers: none if it was lost on purpose."""

    message_status: str
    lost: bool
    settled: bool
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class LoggedMessage:
    """A message as Twilio has it. Dates are ISO 8601 in UTC."""

    sid: str
    account_sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    error_code: int | None
    num_segments: int
    num_media: int
    media_urls: tuple[str, ...]
    date_created: str
    date_sent: str | None
    status_callback: str
    callbacks: tuple[CallbackRecord, ...]
    attempts: tuple[Attempt, ...]


def attempts_from(items: list[dict[str, Any]]) -> tuple[Attempt, ...]:
    return tuple(Attempt(**item) for item in items)


def messages_from(answer: dict[str, Any]) -> list[LoggedMessage]:
    return [message_from(item) for item in answer["messages"]]


def message_from(item: dict[str, Any]) -> LoggedMessage:
    callbacks = tuple(
        CallbackRecord(c["message_status"], c["lost"], c["settled"], attempts_from(c["attempts"]))
        for c in item["callbacks"]
    )
    own = ("from", "callbacks", "attempts", "media_urls")
    plain = {name: value for name, value in item.items() if name not in own}
    return LoggedMessage(
        from_=item["from"],
        callbacks=callbacks,
        attempts=attempts_from(item["attempts"]),
        media_urls=tuple(item["media_urls"]),
        **plain,
    )

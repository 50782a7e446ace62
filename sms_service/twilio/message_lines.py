"""Lines of Twilio's message log as typed values. inbound.py reads webhooks of the same texts, by the same rules."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from servicekit.encodable import encodable
from sms_service.domain.delivery import FAILED_STATUSES, DeliveryNews
from sms_service.domain.message import ReceivedLog, ReceivedMessage, RefusedMessage, TakenMessage
from sms_service.domain.webhook import WebhookRefused
from sms_service.twilio.body import readable
from sms_service.twilio.errors import explain
from sms_service.twilio.inbound import message_sid, sender
from sms_service.twilio.lines import UNREADABLE
from sms_service.twilio.twilio_clock import date_in_utc

# The dates of a line, the one that says most first.
_DATES = ("date_sent", "date_created", "date_updated")
_LINE_SID_CHARACTERS = 32
# Such a date is not used: a ticket would be the newest of all for ever.
_FAR = timedelta(days=1)
# What a trial account sends begins with it, and so does it in the log.
_TRIAL_MARK = "Sent from your Twilio trial account -"
# What went out for a call, or as the answer of a webhook, is nothing that we gave to the API.
_NOT_BY_API = frozenset({"outbound-call", "outbound-reply"})


def received_log(
    lines: Iterable[Any], to_address: str, since: datetime, until: datetime, default_region: str
) -> ReceivedLog:
    """The texts among `lines`, which come newest first, in the order in which they were sent. What cannot be read of a
    line is refused by itself. A text without a date, or with one that is far from what was asked for (`since` to
    `until`), stands where the log has it: right behind the one before, or at `since`."""
    messages: list[ReceivedMessage] = []
    refused: list[RefusedMessage] = []
    before = since
    # Within one second only the log's own order tells which came first.
    for line in reversed(list(lines)):
        try:
            if line["direction"] == "inbound":
                before = _sent(line, since, until) or before
                messages.append(_received(line, to_address, before, default_region))
        except WebhookRefused as why:
            refused.append(RefusedMessage(_name(line), why.reason, why.field))
        except UNREADABLE:
            refused.append(RefusedMessage(_name(line), "FIELD_INVALID"))
    return ReceivedLog(sorted(messages, key=lambda message: message.sent_time), refused)


def taken_log(lines: Iterable[Any]) -> list[TakenMessage]:
    """What we gave to the API among `lines`. A line without a MessageSid is left out, and what went out otherwise: a
    reply that stands there must be found, whatever else is wrong with it."""
    ours = [line for line in lines if isinstance(line, Mapping) and word(line.get("direction")) not in _NOT_BY_API]
    return [_taken(line) for line in ours if text(line.get("sid"))]


def _taken(line: Mapping[str, Any]) -> TakenMessage:
    status, sid = word(line.get("status")), text(line.get("sid"))
    failed = status in FAILED_STATUSES
    failure = explain(count(line.get("error_code")), text(line.get("from"))) if failed else None
    return TakenMessage(
        news=DeliveryNews(sid, status, failure),
        segments=count(line.get("num_segments")),
        text=text(line.get("body")),
        create_time=date_in_utc(line.get("date_created")),
        media_count=media_count(sid, count(line.get("num_media"))),
        unmarked_text=unmarked(text(line.get("body"))),
    )


def unmarked(text: str) -> str:
    """`text` as it was given to Twilio, which puts words of its own before the texts of trial accounts."""
    marked = text.lstrip()
    return marked.removeprefix(_TRIAL_MARK).lstrip() if marked.startswith(_TRIAL_MARK) else text


def media_count(sid: str, counted: int) -> int | None:
    """How many files go along, as Twilio has counted: it need not have yet, and then the kind of the sid says that
    there are some."""
    return None if sid.startswith("MM") and not counted else counted


def _received(line: Mapping[str, Any], to_address: str, sent: datetime, default_region: str) -> ReceivedMessage:
    values = {"MessageSid": text(line.get("sid")), "From": text(line.get("from"))}
    return ReceivedMessage(
        sid=message_sid(values),
        from_address=sender(values, default_region),
        to_address=to_address,
        text=readable(text(line.get("body")), count(line.get("num_segments"))),
        media_count=count(line.get("num_media")),
        sent_time=sent,
    )


def is_media_sid(sid: str) -> bool:
    """Whether it may be the name of a file: it becomes a part of its address."""
    return sid.isascii() and sid.isalnum()


def text(value: object) -> str:
    """Some text of Twilio's, as every program can write it; empty when it is not text."""
    return encodable(value) if isinstance(value, str) else ""


def word(value: object) -> str:
    """One of Twilio's words, such as a status; empty when it is not a word."""
    return value if isinstance(value, str) and value.isascii() else ""


def count(value: object) -> int:
    """A number of Twilio's, which writes most of them as text; 0 when it is not a number."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _sent(line: Mapping[str, Any], since: datetime, until: datetime) -> datetime | None:
    times = [time for name in _DATES if (time := date_in_utc(line.get(name))) is not None]
    return next((time for time in times if time - until <= _FAR and since - time <= _FAR), None)


def _name(line: Any) -> str:
    """What the line is known by: its MessageSid, as far as it has one, or else what it says, so that it is counted
    once."""
    sid = line.get("sid") if isinstance(line, Mapping) else None
    if isinstance(sid, str) and sid.isascii() and sid.isalnum() and len(sid) <= _LINE_SID_CHARACTERS + 2:
        return sid
    said = json.dumps(line, sort_keys=True, default=str)
    return f"line-{hashlib.sha256(said.encode()).hexdigest()[:_LINE_SID_CHARACTERS]}"

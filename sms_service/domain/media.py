"""Attachments of inbound texts: what is kept of each, and what each is."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

# What a customer's phone sends, and what is harmless to keep: nothing that a browser would run.
_WHOLE_KINDS = ("image", "audio", "video")
_TAKEN_TYPES = frozenset(
    {
        *("text/plain", "text/calendar", "application/pdf"),
        *("text/vcard", "text/x-vcard", "text/directory", "application/vcard"),
    }
)
# A picture that is a document with scripts.
_NEVER_TAKEN = frozenset({"image/svg+xml", "image/svg"})
# To the support agent, when it is nobody's to fix.
NOT_NOW = "Twilio does not hand out the attachment just now. Keva tries again."
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}")


class MediaState(Enum):
    """Whether Keva has it; message.proto says what each means. ERASED: nothing of it is left but its id, so that it is
    not fetched again."""

    PENDING = "PENDING"
    STORED = "STORED"
    REFUSED = "REFUSED"
    ERASED = "ERASED"


@dataclass(frozen=True)
class Media:
    """One attachment. `content_type` is as Twilio announced it until it is STORED. `error_text` says why it is REFUSED
    or not there yet, in a sentence for the support agent. `queue_time` is when somebody asked for it last."""

    media_id: str
    organization_id: str
    account_sid: str
    message_sid: str
    url: str
    content_type: str
    create_time: datetime
    queue_time: datetime
    state: MediaState = MediaState.PENDING
    size_bytes: int = 0
    error_text: str = ""


@dataclass(frozen=True)
class MediaContent:
    """What an attachment is."""

    content_type: str
    content: bytes


class MediaRefused(Exception):
    """The attachment will never be kept; `sentence` is for the support agent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class MediaGone(MediaRefused):
    """The provider does not have it: for good, unless the text is so young that it does not have it yet."""


class MediaNotNow(Exception):
    """It may be had later; `trouble` is for the log, `sentence` for the support agent."""

    def __init__(self, trouble: str, sentence: str = NOT_NOW) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.sentence = sentence


def media_id(organization_id: str, account_sid: str, message_sid: str, url: str) -> str:
    """The id of an attachment: the same one however often its webhook is repeated."""
    parts = "\n".join((organization_id, account_sid, message_sid, url))
    return "med_" + hashlib.sha256(parts.encode()).hexdigest()[:32]


def plain_type(header: str) -> str:
    """The media type that a Content-Type header names, without parameters; empty when it is none."""
    named = header.partition(";")[0].strip().lower()
    return named if _MEDIA_TYPE.fullmatch(named) else ""


def is_taken(media_type: str) -> bool:
    """Whether attachments of that type are kept."""
    if media_type in _NEVER_TAKEN:
        return False
    return media_type in _TAKEN_TYPES or media_type.partition("/")[0] in _WHOLE_KINDS

"""Attachments of inbound texts: what is kept of each, and what each is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

# To the support agent, when it is nobody's to fix.
NOT_NOW = "Twilio does not hand out the attachment just now. Keva tries again."


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

"""What is to be texted, and the messages that it takes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from servicekit.segments import segment_count
from ticket_service import errors
from ticket_service.domain.media_urls import require_media_urls
from ticket_service.domain.message import MAX_REPLY_CHARACTERS
from ticket_service.domain.reply_parts import MAX_PARTS, characters, split


@dataclass(frozen=True)
class ReplyContent:
    """What to text. `split`: a text too long for one message goes as several. Media go with the first of them.
    `send_time`: when, if not now."""

    text: str
    media_urls: tuple[str, ...] = ()
    split: bool = False
    send_time: datetime | None = None

    def prepared(self) -> "PreparedReply":
        """What is sent of it. Raises FIELD_REQUIRED, FIELD_INVALID or MESSAGE_TOO_LONG."""
        require_media_urls(self.media_urls)
        return PreparedReply(self, tuple(self._parts()), self._digest())

    def _parts(self) -> list[str]:
        if not self.text.strip():
            if not self.media_urls:
                raise errors.required("text")
            return [""]
        length = characters(self.text)
        if length <= MAX_REPLY_CHARACTERS:
            return [self.text]
        if not self.split:
            raise errors.message_too_long(length, segment_count(self.text), MAX_REPLY_CHARACTERS)
        return _several(self.text, length)

    def _digest(self) -> str:
        if not self.media_urls and not self.split and self.send_time is None:
            return ""
        later = [self.send_time.isoformat()] if self.send_time else []
        return digest_of(self.text, self.media_urls, self.split, *later)


def digest_of(*what: object) -> str:
    """What identifies a request of that content."""
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


@dataclass(frozen=True)
class PreparedReply:
    """A reply that can be sent as `parts`, each the text of a message. `digest` identifies the request where the stored
    texts do not, and is empty where they do."""

    content: ReplyContent
    parts: tuple[str, ...]
    digest: str


def _several(text: str, length: int) -> list[str]:
    """The parts of a long text. Raises MESSAGE_TOO_LONG when it is too long for all of them."""
    most = MAX_REPLY_CHARACTERS * MAX_PARTS
    if length > most:
        raise errors.message_too_long_to_split(length, segment_count(text), most, MAX_PARTS)
    parts = split(text)
    if len(parts) > MAX_PARTS:
        fits = sum(characters(part) for part in parts[:MAX_PARTS])
        raise errors.message_too_long_to_split(length, segment_count(text), fits, MAX_PARTS)
    return parts

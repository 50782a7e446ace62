"""What a list of tickets shows of a conversation: the beginning of its last text, and who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ticket_service.domain.audit import Actor
from ticket_service.domain.message import Direction, Media, Message
from ticket_service.domain.reply_parts import is_between_characters
from ticket_service.domain.texts.plain_text import is_invisible

MAX_PREVIEW_CHARACTERS = 120
# Of a long text no more is looked at: what comes after so much of it begins no line.
_MOST_READ = 4000
_CUT_OFF = "…"


@dataclass(frozen=True)
class LastMessage:
    """When the last text came or went, which way, and its beginning on one line; empty once it was erased. `author` is
    who wrote it, where it is ours; None where it is the customer's, and where a version has stored it that kept none.
    """

    time: datetime
    direction: Direction
    preview: str = ""
    author: Actor | None = None


def newest(known: LastMessage | None, messages: Sequence[Message]) -> LastMessage | None:
    """The last one after `messages`, which were stored just now. One that was recovered may belong before it. A notice
    answers nothing, and leaves in sight what the customer has asked."""
    for message in messages:
        if known is None or (message.message_time >= known.time and not message.is_notice):
            known = _last(message)
    return known


def _last(message: Message) -> LastMessage:
    author = None if message.direction is Direction.INBOUND else message.author
    return LastMessage(message.message_time, message.direction, preview_of(message.text, message.media), author)


def without_preview(known: LastMessage | None) -> LastMessage | None:
    """What is left of it when texts are erased."""
    return replace(known, preview="") if known else None


def preview_of(text: str, media: Sequence[Media] = ()) -> str:
    """At most 120 characters on one line, never cut inside of what a reader sees as one character."""
    line = " ".join(text[:_MOST_READ].split())
    if not line or all(is_invisible(character) for character in line):
        return _media(len(media))
    whole = len(text) <= _MOST_READ
    if whole and len(line) <= MAX_PREVIEW_CHARACTERS:
        return line
    end = min(MAX_PREVIEW_CHARACTERS - len(_CUT_OFF), len(line))
    while end and not is_between_characters(line, end):
        end -= 1
    return line[:end].rstrip() + _CUT_OFF


def _media(count: int) -> str:
    if not count:
        return ""
    return "(a file)" if count == 1 else f"({count} files)"

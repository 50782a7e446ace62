"""The media that customers send, in words: to people they are attachments, numbered in the order of the ticket's
conversation."""

from collections.abc import Iterable, Iterator

from client.words.enums import enum_name
from keva.ticket.v1 import message_pb2


def attachments(messages: Iterable[message_pb2.Message]) -> Iterator[message_pb2.MediaItem]:
    """Those that customers sent: the first one is number 1."""
    for message in messages:
        yield from (media for media in message.media if is_received(media))


def is_received(media: message_pb2.MediaItem) -> bool:
    """Whether a customer sent it: what goes out has no state."""
    return media.state != message_pb2.MEDIA_STATE_UNSPECIFIED


def attachment_text(number: int, media: message_pb2.MediaItem) -> str:
    """Number, type, size, and whether Keva has it."""
    state = enum_name(message_pb2.MediaState, media.state)
    size = size_text(media.size_bytes) if media.state == message_pb2.MEDIA_STATE_STORED else ""
    known = ", ".join(part for part in (media.content_type, size, state) if part)
    return ": ".join(part for part in (f"Attachment {number}", known, media.error_text) if part)


def size_text(size_bytes: int) -> str:
    """`412 bytes`, `34.1 KiB`, `2.0 MiB`."""
    if size_bytes < 1024:
        return f"{size_bytes} bytes"
    return f"{size_bytes / 1024:.1f} KiB" if size_bytes < 1024**2 else f"{size_bytes / 1024**2:.1f} MiB"

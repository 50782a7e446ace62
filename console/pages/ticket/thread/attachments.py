"""The media of a message, as a conversation shows them."""

from collections.abc import Callable
from functools import partial

from client.words.attachments import is_received, size_text
from client.words.language import say
from console.pages.media.showing import how_shown
from console.pages.ticket.thread.items import Attachment
from keva.ticket.v1 import message_pb2


def attachments_of(message: message_pb2.Message, url_of: Callable[[message_pb2.Message, str], str]) -> list[Attachment]:
    """`url_of` gives the console's address of a media_id of a message."""
    return [_attachment(media, partial(url_of, message)) for media in message.media]


def _attachment(media: message_pb2.MediaItem, url_of: Callable[[str], str]) -> Attachment:
    if not is_received(media):
        # What we sent is wherever its sender keeps it, and pages may not load from there.
        return Attachment(_link(media.url), "link", media.content_type, "")
    if media.state == message_pb2.MEDIA_STATE_STORED:
        url, size = url_of(media.media_id), size_text(media.size_bytes)
        contact_url = url_of(f"{media.media_id}/contact")
        return Attachment(url, how_shown(media.content_type), media.content_type, size, contact_url=contact_url)
    waits = media.state == message_pb2.MEDIA_STATE_PENDING
    return Attachment(
        "", "file", media.content_type, "", media.error_text or (say("Being fetched") if waits else say("Not kept"))
    )


def _link(url: str) -> str:
    return url if url.lower().startswith(("https://", "http://")) else ""

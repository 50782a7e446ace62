"""Attachments as protobuf messages, and back."""

from keva.ticket.v1 import message_pb2
from ticket_service import errors
from ticket_service.domain.message import MediaItem, MediaState


def from_media_item(item: MediaItem) -> message_pb2.MediaItem:
    """An attachment's message."""
    return message_pb2.MediaItem(
        url=item.url,
        content_type=item.content_type,
        media_id=item.media_id,
        state=message_pb2.MediaState.Value(f"MEDIA_STATE_{item.state.value if item.state else 'UNSPECIFIED'}"),
        size_bytes=item.size_bytes,
        error_text=item.error_text,
    )


def announced(item: message_pb2.MediaItem) -> MediaItem:
    """An attachment of a text on its way in: what else there is to say of it comes later."""
    return MediaItem(item.url, item.content_type, MediaState.PENDING)


def to_media_news(item: message_pb2.MediaItem) -> MediaItem:
    """What became of an attachment. Raises FIELD_REQUIRED, FIELD_INVALID."""
    if not item.url:
        raise errors.required("media.url")
    if item.state == message_pb2.MEDIA_STATE_UNSPECIFIED:
        raise errors.required("media.state")
    try:
        state = MediaState(message_pb2.MediaState.Name(item.state).removeprefix("MEDIA_STATE_"))
    except ValueError:
        raise errors.invalid("media.state", "is not known") from None
    if state is MediaState.STORED and not item.media_id:
        raise errors.required("media.media_id")
    return MediaItem(item.url, item.content_type, state, item.media_id, item.size_bytes, item.error_text)

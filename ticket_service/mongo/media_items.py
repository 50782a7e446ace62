"""Attachments as they stand within their message's document, and back."""

from collections.abc import Sequence
from typing import Any

from ticket_service.domain.message import Direction, MediaItem, MediaState

Document = dict[str, Any]
# What an attachment may lack; an inbound one without a state is awaited. So are those of a version that fetched none.
_OPTIONAL = ("media_id", "size_bytes", "error_text")


def from_media(media: Sequence[MediaItem]) -> list[Document]:
    """Attachments; what is empty is left out."""
    return [_from_media_item(item) for item in media]


def _from_media_item(item: MediaItem) -> Document:
    document: Document = {"url": item.url, "content_type": item.content_type}
    if item.state in (MediaState.STORED, MediaState.REFUSED):
        document["state"] = item.state.value
    return document | {name: value for name in _OPTIONAL if (value := getattr(item, name))}


def to_media_item(document: Document, direction: Direction) -> MediaItem:
    """The reverse."""
    fields = dict(document)
    awaited = MediaState.PENDING.value if direction is Direction.INBOUND else None
    state = fields.pop("state", awaited)
    return MediaItem(**fields, state=MediaState(state) if state else None)

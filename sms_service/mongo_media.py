"""MediaStore on MongoDB. An attachment is one document, its content included: what is kept of it and that it is kept
cannot come apart."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import Binary
from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import PyMongoError

from servicekit.mongodb import as_keva_error
from sms_service import errors
from sms_service.media import Media, MediaContent, MediaState

Document = dict[str, Any]
INDEXES = [
    IndexModel([("due", ASCENDING)], name="due", partialFilterExpression={"due": {"$exists": True}}),
]
# Megabytes that only a reader of the attachment needs.
_WITHOUT_CONTENT = {"content": 0}


class MongoMedia:
    """See store.MediaStore. What is to be done has `due`, which is also its lease."""

    def __init__(self, media: Any) -> None:
        self._media = media

    async def add(self, media: Sequence[Media]) -> None:
        """See store.MediaStore."""
        try:
            await asyncio.gather(*(self._add(one) for one in {one.media_id: one for one in media}.values()))
        except PyMongoError as error:
            # As one webhook's trouble: its neighbours share the call that would fail as a whole.
            known = as_keva_error(error)
            if known is None:
                raise
            raise known from None

    async def _add(self, media: Media) -> None:
        document = {**vars(media), "state": media.state.value, "due": media.create_time}
        del document["media_id"], document["queue_time"]
        change = {"$set": {"queue_time": media.queue_time}, "$setOnInsert": document}
        await self._media.update_one({"_id": media.media_id}, change, upsert=True)

    async def claim(self, now: datetime, lease_until: datetime) -> Media | None:
        """See store.MediaStore."""
        document = await self._media.find_one_and_update(
            {"due": {"$lte": now}}, {"$set": {"due": lease_until}}, sort=[("due", 1)], projection=_WITHOUT_CONTENT
        )
        return _to_media(document) if document else None

    async def settle(self, media: Media, content: bytes | None = None) -> Media:
        """See store.MediaStore."""
        changes: Document = {
            "state": media.state.value,
            "content_type": media.content_type,
            "size_bytes": media.size_bytes,
            "error_text": media.error_text,
        }
        if content is not None:
            changes["content"] = Binary(content)
        after = await self._media.find_one_and_update(
            {"_id": media.media_id, "state": MediaState.PENDING.value},
            {"$set": changes},
            projection=_WITHOUT_CONTENT,
            return_document=ReturnDocument.AFTER,
        )
        known = after or await self._media.find_one({"_id": media.media_id}, _WITHOUT_CONTENT)
        return _to_media(known) if known else media

    async def postpone(self, media_id: str, due: datetime) -> None:
        """See store.MediaStore."""
        await self._media.update_one({"_id": media_id, "due": {"$exists": True}}, {"$set": {"due": due}})

    async def finish(self, media_id: str) -> None:
        """See store.MediaStore."""
        await self._media.update_one({"_id": media_id}, {"$unset": {"due": ""}})

    async def discard(self, media_id: str, queued_before: datetime) -> bool:
        """See store.MediaStore."""
        query = {"_id": media_id, "queue_time": {"$lt": queued_before}}
        return bool((await self._media.delete_one(query)).deleted_count)

    async def content(self, organization_id: str, media_id: str) -> MediaContent:
        """See store.MediaStore."""
        query = {"_id": media_id, "organization_id": organization_id, "state": MediaState.STORED.value}
        document = await self._media.find_one(query, {"content_type": 1, "content": 1})
        if document is None:
            raise errors.media_not_found(media_id)
        return MediaContent(document["content_type"], bytes(document["content"]))


def _to_media(document: Document) -> Media:
    fields = {name: value for name, value in document.items() if name not in ("_id", "due", "content")}
    return Media(media_id=document["_id"], **{**fields, "state": MediaState(document["state"])})

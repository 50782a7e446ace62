"""MediaStore on MongoDB. An attachment is a small document and, once it is fetched, one with its content: claims and
retryable writes would carry megabytes along, and fail on the largest."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import Binary
from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import PyMongoError

from servicekit.mongo import leases
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.mongo.transactions import in_transaction
from sms_service import errors
from sms_service.domain.media import Media, MediaContent, MediaState

# For an attachment to be fetched.
_LONGER_THAN_ANY_WAIT = timedelta(days=1)
Document = dict[str, Any]
INDEXES = [
    IndexModel([("due", ASCENDING)], name="due", partialFilterExpression={"due": {"$exists": True}}),
    IndexModel([("account_sid", ASCENDING), ("message_sid", ASCENDING)], name="text"),
]


class MongoMedia:
    """Implements ports.media.MediaStore. What is to be done has `due`, which is also its lease."""

    def __init__(self, client: Any, media: Any, contents: Any) -> None:
        self._client = client
        self._media = media
        self._contents = contents

    async def add(self, media: Sequence[Media]) -> None:
        try:
            await asyncio.gather(*(self._add(one) for one in {one.media_id: one for one in media}.values()))
        except PyMongoError as error:
            # As one webhook's trouble: its neighbours share the call that would fail as a whole.
            known = as_keva_error(error)
            if known is None:
                raise
            raise known from None

    async def _add(self, media: Media) -> None:
        document = {**_media_to_document(media), "due": media.create_time}
        again = {"queue_time": document.pop("queue_time")}
        change = {"$set": again, "$setOnInsert": document}
        await self._media.update_one({"_id": document.pop("_id")}, change, upsert=True)

    async def claim(self, now: datetime, lease_until: datetime) -> Media | None:
        document = await leases.claim(self._media, "due", now, lease_until, longest=_LONGER_THAN_ANY_WAIT)
        return _media_from_document(document) if document else None

    async def settle(self, media: Media, content: bytes | None = None) -> Media:
        if content is not None:
            # First, so that what is STORED has its content. Whoever writes it again writes the same.
            change = {"$set": {"content": Binary(content)}}
            await self._contents.update_one({"_id": media.media_id}, change, upsert=True)
        changes = {
            "state": media.state.value,
            "content_type": media.content_type,
            "size_bytes": media.size_bytes,
            "error_text": media.error_text,
        }
        after = await self._media.find_one_and_update(
            {"_id": media.media_id, "state": MediaState.PENDING.value},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
        )
        known = after or await self._media.find_one({"_id": media.media_id})
        if known and known["state"] == MediaState.ERASED.value:
            await self._contents.delete_one({"_id": media.media_id})
        return _media_from_document(known) if known else media

    async def release(self, media_id: str) -> None:
        await self.postpone(media_id, leases.FREE)

    async def postpone(self, media_id: str, due: datetime) -> None:
        await self._media.update_one({"_id": media_id, "due": {"$exists": True}}, {"$set": {"due": due}})

    async def finish(self, media_id: str) -> None:
        await self._media.update_one({"_id": media_id}, {"$unset": {"due": ""}})

    async def discard(self, media_id: str, queued_before: datetime) -> bool:
        async def work(session: Any) -> bool:
            query = {"_id": media_id, "queue_time": {"$lt": queued_before}}
            if not (await self._media.delete_one(query, session=session)).deleted_count:
                return False
            await self._contents.delete_one({"_id": media_id}, session=session)
            return True

        return await in_transaction(self._client, work)

    async def erase(
        self, organization_id: str, account_sid: str, message_sids: Collection[str], sweep_due: datetime
    ) -> None:
        query = {
            "account_sid": account_sid,
            "message_sid": {"$in": list(message_sids)},
            "organization_id": organization_id,
        }
        found = await self._media.find(query, {"_id": 1}).to_list(None)
        ids = {"_id": {"$in": [document["_id"] for document in found]}}
        nothing = {"state": MediaState.ERASED.value, "url": "", "content_type": "", "size_bytes": 0, "error_text": ""}
        # First, so that nobody makes it STORED whose content is removed. It stays, so that no repeated webhook has it
        # fetched again.
        await self._media.update_many(ids, {"$set": {**nothing, "due": sweep_due}})
        await self._contents.delete_many(ids)

    async def sweep(self, media_id: str) -> None:
        await self._contents.delete_one({"_id": media_id})
        await self.finish(media_id)

    async def content(self, organization_id: str, media_id: str) -> MediaContent:
        query = {"_id": media_id, "organization_id": organization_id, "state": MediaState.STORED.value}
        known = await self._media.find_one(query, {"content_type": 1})
        kept = await self._contents.find_one({"_id": media_id}) if known else None
        if known is None or kept is None:
            raise errors.media_not_found(media_id)
        return MediaContent(known["content_type"], bytes(kept["content"]))


def _media_to_document(media: Media) -> Document:
    fields = {**vars(media), "state": media.state.value}
    return {"_id": fields.pop("media_id"), **fields}


def _media_from_document(document: Document) -> Media:
    fields = {name: document[name] for name in Media.__dataclass_fields__ if name in document}
    return Media(media_id=document["_id"], **{**fields, "state": MediaState(document["state"])})

"""SendingLineStore on MongoDB."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from sms_service.domain.stopped_sender import SenderKey


class MongoSendingLine:
    """Implements ports.sending_line.SendingLineStore. A booking is one atomic update of one document."""

    def __init__(self, sending_places: Any) -> None:
        self._places = sending_places

    async def book(self, key: SenderKey, now: datetime, takes: timedelta) -> datetime:
        milliseconds = max(round(takes.total_seconds() * 1000), 1)
        booked = await self._places.find_one_and_update(
            {"_id": str(key)},
            [
                {"$set": {"place_time": {"$max": ["$free_time", now]}}},
                {"$set": {"free_time": {"$add": ["$place_time", milliseconds]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        place: datetime = booked["place_time"]
        return place.astimezone(UTC)

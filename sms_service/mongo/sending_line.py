"""SendingLineStore on MongoDB. A number's document is named by its key, in which the number cannot be read."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from pymongo import ReturnDocument

from servicekit.gathering import Failed, Gatherer
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.names import NAMED_BY_NUMBER
from sms_service.mongo.trips import TRIPS


@dataclass(frozen=True)
class _Booking:
    key: SenderKey
    now: datetime
    milliseconds: int


class MongoSendingLine:
    """Implements ports.sending_line.SendingLineStore. A booking is one atomic update of one document; those of a number
    that arrive while one is on its way are booked together by the next."""

    def __init__(self, sending_places: Any) -> None:
        self._places = sending_places
        self._bookings: Gatherer[_Booking, datetime] = Gatherer(self._book_all, **TRIPS)

    async def book(self, key: SenderKey, now: datetime, takes: timedelta) -> datetime:
        return await self._bookings.submit(_Booking(key, now, max(round(takes.total_seconds() * 1000), 1)))

    async def prepare(self) -> None:
        """Renames the lines that a version before has named by the numbers themselves. What that one books meanwhile is
        a line of its own."""
        async for line in self._places.find({"_id": {"$regex": NAMED_BY_NUMBER}}):
            account_sid, _, phone_number = line["_id"].partition(":")
            free = {"$max": {"free_time": line["free_time"]}}
            await self._places.update_one({"_id": SenderKey(account_sid, phone_number).name}, free, upsert=True)
            await self._places.delete_one({"_id": line["_id"]})

    async def _book_all(self, bookings: list[_Booking]) -> list[datetime | Failed]:
        by_number: defaultdict[SenderKey, list[_Booking]] = defaultdict(list)
        for booking in bookings:
            by_number[booking.key].append(booking)
        places = await asyncio.gather(*map(self._booked, by_number.values()))
        taken = dict(zip(by_number, map(iter, places), strict=True))
        return [next(taken[booking.key]) for booking in bookings]

    async def _booked(self, bookings: Sequence[_Booking]) -> Sequence[datetime | Failed]:
        """Places of one number. What goes wrong with it is no other number's."""
        try:
            return await self._book(bookings)
        except Exception as error:
            return [Failed(error)] * len(bookings)

    async def _book(self, bookings: Sequence[_Booking]) -> list[datetime]:
        """Places of one number, one behind the other."""
        ends = list(accumulate(booking.milliseconds for booking in bookings))
        booked = await self._places.find_one_and_update(
            {"_id": bookings[0].key.name},
            [
                {"$set": {"place_time": {"$max": ["$free_time", max(booking.now for booking in bookings)]}}},
                {"$set": {"free_time": {"$add": ["$place_time", ends[-1]]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        first: datetime = booked["place_time"].astimezone(UTC)
        return [first + timedelta(milliseconds=begin) for begin in (0, *ends[:-1])]

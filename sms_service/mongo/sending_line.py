"""SendingLineStore on MongoDB. A number's document is named by its key, in which the number cannot be read.

By the database's clock alone: with those of replicas, one that is ahead would push a number's line as far for all. The
last place in line is at `place_time`, and the next one is free at `free_time`. The version before has both as well,
and books by replicas' clocks. `end` is the `free_time` that was booked here, at `book_time`: where they differ, the
version before has booked since.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from pymongo import ReturnDocument

from servicekit.gathering import Failed, Gatherer
from servicekit.mongo import leases
from servicekit.mongo.readable import UnreadableError
from sms_service.domain.place import Place
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.names import NAMED_BY_NUMBER, readable_of_version_before
from sms_service.mongo.trips import TRIPS

# What the version before books is believed for so long from now. What it has rightly booked beyond that leaves too
# soon, and waits at Twilio.
_BELIEVED_MS = 10 * 60 * 1000
# How far the database's own clock was put back since the last booking: the line begins again from where it is now.
_PUT_BACK = {"$max": [0, {"$subtract": ["$book_time", "$$NOW"]}]}
# From when on the line is free; null when it never was taken.
_END = {
    "$cond": [
        {"$eq": ["$free_time", "$end"]},
        {"$subtract": ["$end", _PUT_BACK]},
        {"$min": ["$free_time", {"$max": ["$end", {"$add": ["$$NOW", _BELIEVED_MS]}]}]},
    ]
}


@dataclass(frozen=True)
class _Booking:
    key: SenderKey
    milliseconds: int


class MongoSendingLine:
    """Implements ports.sending_line.SendingLineStore. A booking is one atomic update of one document; those of a number
    that arrive while one is on its way are booked together by the next."""

    def __init__(self, sending_places: Any) -> None:
        self._places = sending_places
        self._bookings: Gatherer[_Booking, Place] = Gatherer(self._book_all, **TRIPS)

    async def book(self, key: SenderKey, takes: timedelta) -> Place:
        return await self._bookings.submit(_Booking(key, max(round(takes.total_seconds() * 1000), 1)))

    async def end(self, key: SenderKey) -> datetime:
        line = await self._places.find_one({"_id": key.name}, {"end": _END})
        end = line and line.get("end")
        return end if isinstance(end, datetime) else leases.FREE

    async def prepare(self) -> None:
        """Renames the lines that a version before has named by the numbers themselves. What that one books meanwhile is
        a line of its own."""
        lines = self._places.find({"_id": {"$regex": NAMED_BY_NUMBER}})
        async for name, free_time in readable_of_version_before(lines, _free_time, "sending line"):
            account_sid, _, phone_number = name.partition(":")
            free = {"$max": {"free_time": free_time}}
            await self._places.update_one({"_id": SenderKey(account_sid, phone_number).name}, free, upsert=True)
            await self._places.delete_one({"_id": name})

    async def _book_all(self, bookings: list[_Booking]) -> list[Place | Failed]:
        by_number: defaultdict[SenderKey, list[_Booking]] = defaultdict(list)
        for booking in bookings:
            by_number[booking.key].append(booking)
        places = await asyncio.gather(*map(self._booked, by_number.values()))
        taken = dict(zip(by_number, map(iter, places), strict=True))
        return [next(taken[booking.key]) for booking in bookings]

    async def _booked(self, bookings: Sequence[_Booking]) -> Sequence[Place | Failed]:
        """Places of one number. What goes wrong with it is no other number's."""
        try:
            return await self._book(bookings)
        except Exception as error:
            return [Failed(error)] * len(bookings)

    async def _book(self, bookings: Sequence[_Booking]) -> list[Place]:
        """Places of one number, one behind the other."""
        ends = list(accumulate(booking.milliseconds for booking in bookings))
        booked = await self._places.find_one_and_update(
            {"_id": bookings[0].key.name},
            [
                {"$set": {"place_time": {"$max": [_END, "$$NOW"]}, "book_time": "$$NOW"}},
                {"$set": {name: {"$add": ["$place_time", ends[-1]]} for name in ("free_time", "end")}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        first, wait = booked["place_time"].astimezone(UTC), booked["place_time"] - booked["book_time"]
        before = [timedelta(milliseconds=begin) for begin in (0, *ends[:-1])]
        return [Place(first + begin, wait + begin) for begin in before]


def _free_time(line: dict[str, Any]) -> datetime:
    free_time = line.get("free_time")
    if not isinstance(free_time, datetime):
        raise UnreadableError("free_time is not a time")
    return free_time

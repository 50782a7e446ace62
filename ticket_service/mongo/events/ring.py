"""The newest of what happened, kept for all who follow it: each has only a place in it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from ticket_service.domain.events.event import Happened, Passage

_NEVER = datetime.fromtimestamp(0, UTC)


class Ring:
    """At least the last `most` of what happened after the place where it was begun. Places are texts that sort as they
    follow each other (MongoDB's resume tokens do)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places: list[str] = []
        self._happened: list[Happened] = []
        self._since = ""
        self.until = ""
        self.time = _NEVER

    def begin(self, place: str, time: datetime) -> None:
        """It is empty, and knows all that happens after `place`."""
        self._places, self._happened = [], []
        self._since, self.until, self.time = place, place, time

    def end(self) -> None:
        """It knows nothing."""
        self.begin("", _NEVER)

    def add(self, happened: Sequence[Happened], until: str, time: datetime) -> None:
        """What happened next, up to the place `until`."""
        self._happened += happened
        self._places += [one.place for one in happened]
        self.until, self.time = max(self.until, until), max(self.time, time)
        if len(self._places) > 2 * self._most:
            self._since = self._places[-self._most - 1]
            del self._places[: -self._most], self._happened[: -self._most]

    def after(self, place: str, limit: int) -> Passage | None:
        """At most `limit` of what happened after `place`; None when it does not know all of that."""
        if not self._since or place < self._since:
            return None
        begin = bisect_right(self._places, place)
        found = self._happened[begin : begin + limit]
        if begin + limit < len(self._places):
            return Passage(found, found[-1].place, found[-1].time, more=True)
        # Whoever comes from a replica that was faster waits until this one has caught up.
        return Passage(found, max(place, self.until), self.time)

"""One change stream for all who follow a replica's events, open while somebody does: a stream costs the database work
for each commit."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import structlog

from servicekit.background_work.backoff import doubled
from servicekit.background_work.failures import log_failure
from ticket_service.domain.events.event import Passage, PlaceUnknown
from ticket_service.metrics import EVENT_LAG
from ticket_service.mongo.events.ring import Ring
from ticket_service.mongo.events.streams import happened, next_change, now_by_this_clock, open_stream, place_of
from ticket_service.mongo.mapper import Document

_MOST_KEPT = 5000
_BATCH = 500
# How long the database waits for something to happen before it answers; also how long the end of a stream takes.
_AWAIT_MS = 500
_LAST_SECONDS = 3.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=0.1), timedelta(seconds=5)
_log = structlog.get_logger(__name__)


class Feed:
    """What happens, as far as it is kept. `records` is the collection of the driver's blocking client."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self._ring = Ring(_MOST_KEPT)
        self._followers = 0
        self._wanted = asyncio.Event()
        self._stop = Event()
        self._news = asyncio.Event()
        self._inbox: deque[tuple[Document | None, str]] = deque()
        self._thread = ThreadPoolExecutor(1, "events")

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Within it there is a stream, as long as `run` runs."""
        self._followers += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers:
                self._wanted.clear()
                # The thread sees it when the database answers next.
                self._stop.set()

    def now(self) -> Passage | None:
        """Nothing, up to now; None when it knows nothing."""
        return self._ring.after(self._ring.until, 1) if self._ring.until else None

    def after(self, place: str, limit: int) -> Passage | None:
        """What happened after `place`, at most `limit`; None when it does not know all of that."""
        return self._ring.after(place, limit)

    async def wait(self, seconds: float) -> None:
        """Until there is something new, or for so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                await self._wanted.wait()
                await self._follow()
        finally:
            self._stop.set()
            self._ring.end()

    def close(self) -> None:
        """Waits a moment for the thread, which uses the driver's client until it ends."""
        self._stop.set()
        with contextlib.suppress(TimeoutError, RuntimeError):
            self._thread.submit(int).result(_LAST_SECONDS)
        self._thread.shutdown(wait=False)

    async def _follow(self) -> None:
        failures, loop = 0, asyncio.get_running_loop()
        while self._followers:
            self._stop.clear()
            try:
                await loop.run_in_executor(self._thread, self._pump, loop, self._ring.until)
                failures = 0
            except Exception as error:
                failures += 1
                self._failed(error)
                await asyncio.sleep(doubled(failures, _SHORTEST_PAUSE, _LONGEST_PAUSE).total_seconds())
        self._take_in()
        self._ring.end()

    def _failed(self, error: Exception) -> None:
        log_failure(_log, "stream of events interrupted", error)
        if isinstance(error, PlaceUnknown):
            # Those who have not read all of it are told by the database.
            self._ring.end()

    def _pump(self, loop: asyncio.AbstractEventLoop, place: str) -> None:
        """Reads until it is to stop. Blocks."""
        with open_stream(self._records, place, _BATCH, _AWAIT_MS) as stream:
            while not self._stop.is_set():
                change = next_change(stream)
                self._inbox.append((change, place_of(stream)))
                loop.call_soon_threadsafe(self._take_in)

    def _take_in(self) -> None:
        """All that has arrived, at once."""
        if not self._inbox:
            return
        changes, until = [], ""
        while self._inbox:
            change, until = self._inbox.popleft()
            changes.append(change)
        now, known = now_by_this_clock(), [found for change in changes if change and (found := happened(change))]
        begins = not self._ring.until
        if begins:
            self._ring.begin(until, now)
        else:
            self._ring.add(known, until, now)
        if known:
            EVENT_LAG.set(max((now - known[-1].time).total_seconds(), 0))
        if known or begins:
            self._news.set()
            self._news = asyncio.Event()

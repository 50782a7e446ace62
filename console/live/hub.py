"""What happens in one organization, followed once by this process for all browsers of it."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress

import structlog

from client.failure import Failure
from console.live.presence import PresenceBoard, PresenceChanges
from console.live.ring import Ring
from console.live.source import Source
from console.metrics import STREAMS
from servicekit import errors
from servicekit.mongo.driver_errors import as_keva_error

# A few minutes of a busy organization; who comes back later reads from ticket_service.
_MOST_EVENTS = 5000
# How long it goes on without a browser: people go from page to page.
_LINGER_SECONDS = 30.0
# How often it looks who is at which ticket.
_LOOK_SECONDS = 1.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0
# With these it begins again, from now on.
_TOKEN_IS_USELESS = frozenset({"RESUME_TOKEN_EXPIRED", "RESUME_TOKEN_INVALID"})
_log = structlog.get_logger(__name__)


class Hub:
    """Follows events and presence while a browser, or somebody who has just opened a page, needs them."""

    def __init__(self, organization_id: str, source: Source, board: PresenceBoard) -> None:
        self.organization_id = organization_id
        self.ring = Ring(_MOST_EVENTS)
        self.presence = PresenceChanges()
        self.ending = False
        self._source = source
        self._board = board
        self._wakes: set[asyncio.Event] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._linger: asyncio.TimerHandle | None = None
        self._look = asyncio.Event()
        board.on_change(organization_id, self._look.set)

    def expect(self) -> str:
        """Somebody opens a page: begins to follow, if it does not yet. The token of now; empty when it is not known
        yet."""
        self._begin()
        if not self._wakes:
            self._end_later()
        return self.ring.token

    @contextmanager
    def following(self) -> Iterator[asyncio.Event]:
        """Within it, the event that it gives is set whenever there is something new."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        self._begin()
        STREAMS.inc()
        try:
            yield wake
        finally:
            STREAMS.dec()
            self._wakes.discard(wake)
            if not self._wakes:
                self._end_later()

    def end_streams(self) -> None:
        """The process ends: its browsers go on at another one."""
        self.ending = True
        self._wake_all()

    async def close(self) -> None:
        """Ends everything."""
        self.end_streams()
        self._keep()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _begin(self) -> None:
        self._keep()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._look_around())]

    def _keep(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None

    def _end_later(self) -> None:
        self._keep()
        self._linger = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._end)

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self.ring.forget_all()

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _follow(self) -> None:
        failures = 0
        while True:
            try:
                async with aclosing(self._source.follow(self.organization_id, self.ring.token)) as batches:
                    async for batch in batches:
                        failures = 0
                        self.ring.add(batch)
                        self._wake_all()
            except Failure as failure:
                failures += 1
                _log.warning("events are not followed", reason=failure.reason or failure.kind.value)
                if failure.reason in _TOKEN_IS_USELESS:
                    self.ring.forget_all()
            await asyncio.sleep(_pause(failures))

    async def _look_around(self) -> None:
        while True:
            self._look.clear()
            try:
                if self.presence.look(await self._board.of_organization(self.organization_id)):
                    self._wake_all()
            except Exception as error:
                known = error if isinstance(error, errors.KevaError) else as_keva_error(error)
                if known is None:
                    _log.exception("looking who is where failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_SECONDS)


def _pause(failures: int) -> float:
    return random.uniform(_SHORTEST_PAUSE, min(_SHORTEST_PAUSE * 2.0 ** min(failures, 10), _LONGEST_PAUSE))  # noqa: S311


class Hubs:
    """A hub for each organization that has somebody at this process."""

    def __init__(self, source: Source, board: PresenceBoard) -> None:
        self.source = source
        self._board = board
        self._hubs: dict[str, Hub] = {}

    def of(self, organization_id: str) -> Hub:
        """The organization's."""
        if organization_id not in self._hubs:
            self._hubs[organization_id] = Hub(organization_id, self.source, self._board)
        return self._hubs[organization_id]

    def end_streams(self) -> None:
        """The process ends: all browsers go on at another one."""
        for hub in self._hubs.values():
            hub.end_streams()

    async def close(self) -> None:
        """Ends everything."""
        for hub in self._hubs.values():
            await hub.close()

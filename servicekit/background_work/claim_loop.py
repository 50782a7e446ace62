"""Work that replicas share by leases: whoever has claimed an item works on it, many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from servicekit.background_work.failures import log_failure
from servicekit.background_work.wake_up import WakeUp

Item = TypeVar("Item")
# Times are kept in milliseconds: whoever looks sooner may find that nothing is due yet, again and again.
_SHORTEST_PAUSE = 0.002
# How long a claim that is on its way at the end may take: a process has five seconds for all that its loops do last.
_LAST_CLAIM_SECONDS = 3.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claimed(Generic[Item]):
    """What was claimed; `more`: whether it is worth asking again at once; `due_in`: in how many seconds the next item
    is due, if that is known."""

    items: Sequence[Item] = ()
    more: bool = False
    due_in: float | None = None


class ClaimLoop(Generic[Item]):
    """Claims what is due and works on it, until cancelled.

    `claim` gives what is this replica's by a lease now. `work` does all that an item needs; what it raises is logged,
    and the item is left until its lease runs out. `give_back` makes an item due again, for when the process ends first:
    another replica need not wait until the lease runs out. Work in progress gets `last_seconds` to finish before that;
    what a claim that is on its way brings then is given back at once.
    """

    def __init__(
        self,
        claim: Callable[[], Awaitable[Claimed[Item]]],
        work: Callable[[Item], Awaitable[None]],
        give_back: Callable[[Item], Awaitable[None]],
        *,
        what: str,
        at_once: int,
        poll_seconds: float,
        names: Callable[[Item], Mapping[str, str]],
        last_seconds: float = 0,
    ) -> None:
        """`what` names the items in the log, in the plural: "attachments"; `names` gives the ids of one of them."""
        self._claim = claim
        self._work = work
        self._give_back = give_back
        self._what = what
        self._at_once = at_once
        self._poll_seconds = poll_seconds
        self._last_seconds = last_seconds
        self._names = names
        self._wake_up = WakeUp()
        self._working: set[asyncio.Task[None]] = set()
        # The one on its way. Whoever cancelled it would never learn what it has claimed.
        self._claiming: asyncio.Future[Claimed[Item]] | None = None

    def wake(self) -> None:
        """Looks for work now."""
        self._wake_up.wake()

    async def run(self) -> None:
        """Works until cancelled; what is in progress then is finished or given back."""
        try:
            while True:
                while len(self._working) >= self._at_once:
                    await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
                self._wake_up.clear()
                pause = await self._start_due()
                if pause:
                    await self._wake_up.wait(pause)
        finally:
            await self._end()

    async def _start_due(self) -> float:
        """Starts what is due; how many seconds to pause then, 0 when there may be more."""
        self._claiming = asyncio.ensure_future(self._claim())
        try:
            claimed = await asyncio.shield(self._claiming)
        except Exception as error:
            log_failure(_log, f"{self._what} cannot be claimed; trying again", error)
            return self._poll_seconds
        self._claiming = None
        for item in claimed.items:
            task = asyncio.create_task(self._take(item))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        if claimed.more:
            return 0
        if claimed.due_in is None:
            return self._poll_seconds
        return min(max(claimed.due_in, _SHORTEST_PAUSE), self._poll_seconds)

    async def _take(self, item: Item) -> None:
        try:
            await self._work(item)
        except asyncio.CancelledError:
            await asyncio.shield(self._leave(item))
            raise
        except Exception as error:
            log_failure(
                _log, f"{self._what}: one could not be worked on; its lease runs out", error, **self._names(item)
            )

    async def _leave(self, item: Item) -> None:
        try:
            await self._give_back(item)
        except Exception as error:
            log_failure(_log, f"{self._what}: one waits until its lease runs out", error, **self._names(item))

    async def _end(self) -> None:
        await asyncio.gather(self._end_claim(), self._end_work())

    async def _end_claim(self) -> None:
        """Nobody works on what was claimed last: it is given back."""
        if self._claiming is None:
            return
        done, hanging = await asyncio.wait({self._claiming}, timeout=_LAST_CLAIM_SECONDS)
        for claim in hanging:
            _log.warning(f"{self._what}: a claim does not end; what it has claimed waits until its lease runs out")
            claim.cancel()
        ended_well = [claim for claim in done if not claim.cancelled() and claim.exception() is None]
        await asyncio.gather(*(self._leave(item) for claim in ended_well for item in claim.result().items))

    async def _end_work(self) -> None:
        if self._working and self._last_seconds:
            await asyncio.wait(self._working, timeout=self._last_seconds)
        unfinished = list(self._working)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

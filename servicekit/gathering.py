"""Shared round trips: what arrives while one is in flight travels together in the next. Nothing lingers: an item that
finds nothing in flight leaves at once, with what is submitted in the same turn of the event loop."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, Literal, TypeVar

from servicekit import errors

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Failed:
    """An outcome: this item alone failed, and its caller gets `error`."""

    error: Exception


class Again(Enum):
    """An outcome: this item could not travel with the others of its batch, and is among the first of the next one."""

    AGAIN = auto()


AGAIN = Again.AGAIN
Batch = list[tuple[Item, "asyncio.Future[Outcome]"]]


class Gatherer(Generic[Item, Outcome]):
    """Runs batches of up to `max_items`, at most `max_in_flight` at a time; at most `max_waiting` items may wait, and
    none longer than `longest_wait_seconds`, if that is given. With `beside_after_seconds` a trip that is not full
    leaves beside another one only when that one takes longer: few and full trips cost less, and one that hangs must not
    hold up what comes later.

    `run` takes a list and returns one outcome per item, in order; `Failed` and `AGAIN` may be among them, but AGAIN not
    for all. When it raises, every caller of that batch gets the exception, and nobody else does.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[Sequence[Outcome | Failed | Literal[Again.AGAIN]]]],
        max_items: int,
        max_in_flight: int = 1,
        max_waiting: int = 2000,
        longest_wait_seconds: float | None = None,
        beside_after_seconds: float = 0,
    ) -> None:
        self._run = run
        self._max_items = max_items
        self._max_in_flight = max_in_flight
        self._max_waiting = max_waiting
        self._longest_wait_seconds = longest_wait_seconds
        self._beside_after_seconds = beside_after_seconds
        self._waiting: deque[tuple[Item, asyncio.Future[Outcome]]] = deque()
        self._again: deque[tuple[Item, asyncio.Future[Outcome]]] = deque()
        self._batches: set[asyncio.Task[None]] = set()
        self._limits: dict[asyncio.Future[Outcome], asyncio.TimerHandle] = {}
        # Trips that take what waits when their turn comes, and when the last one left.
        self._boarding = 0
        self._left = 0.0
        self._reminder: asyncio.TimerHandle | None = None

    async def submit(self, item: Item) -> Outcome:
        """The outcome of `item`. Raises Unavailable OVERLOADED when too many wait or it has waited too long, the error
        of a `Failed`, or whatever `run` raised."""
        if self._left_behind() >= self._max_waiting:
            raise _overloaded()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((item, future))
        self._start_batches()
        if self._left_behind() > 0:
            self._limit(future)
        return await future

    def _limit(self, future: "asyncio.Future[Outcome]") -> None:
        """It waits from now on, if it did not before."""
        if self._longest_wait_seconds is None or future.done() or future in self._limits:
            return
        loop = asyncio.get_running_loop()
        self._limits[future] = loop.call_later(self._longest_wait_seconds, self._give_up, future)
        future.add_done_callback(self._unlimit)

    def _unlimit(self, future: "asyncio.Future[Outcome]") -> None:
        if limit := self._limits.pop(future, None):
            limit.cancel()

    def _left_behind(self) -> int:
        """How many have no place on a trip that is about to leave; none, if it is not positive."""
        return len(self._waiting) + len(self._again) - self._boarding * self._max_items

    def _give_up(self, future: "asyncio.Future[Outcome]") -> None:
        """Not once it has begun: then nobody knows how it ends. What came AGAIN has not. What is on a trip may come so,
        and waits from then on."""
        self._unlimit(future)
        if any(waiting is future for _, waiting in (*self._waiting, *self._again)) and not future.done():
            future.set_exception(_overloaded())

    def _start_batches(self) -> None:
        while self._left_behind() > 0 and len(self._batches) < self._max_in_flight:
            loop = asyncio.get_running_loop()
            due = self._left + self._beside_after_seconds
            if self._batches and self._left_behind() < self._max_items and loop.time() < due:
                self._reminder = self._reminder or loop.call_at(due, self._remind)
                return
            self._boarding += 1
            self._left = loop.time()
            task = asyncio.create_task(self._board())
            self._batches.add(task)
            task.add_done_callback(self._batch_done)

    def _remind(self) -> None:
        self._reminder = None
        self._start_batches()

    async def _board(self) -> None:
        """One trip, with what has been submitted until now: callers of one turn of the event loop travel together."""
        self._boarding -= 1
        # Half of it at most: those that are in each other's way must not be in the way of all.
        batch = self._next(self._again, -(-self._max_items // 2))
        batch += self._next(self._waiting, self._max_items - len(batch))
        if batch:
            await self._run_batch(batch)

    @staticmethod
    def _next(line: "deque[tuple[Item, asyncio.Future[Outcome]]]", most: int) -> "Batch[Item, Outcome]":
        """The first ones in line. A caller that gave up (its deadline passed) costs no work and takes no room."""
        batch: list[tuple[Item, asyncio.Future[Outcome]]] = []
        while line and len(batch) < most:
            item, future = line.popleft()
            if not future.done():
                batch.append((item, future))
        return batch

    def _batch_done(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        self._start_batches()

    async def _run_batch(self, batch: "Batch[Item, Outcome]") -> None:
        try:
            outcomes = await self._run([item for item, _ in batch])
            if len(outcomes) != len(batch):
                raise RuntimeError(f"{len(batch)} items got {len(outcomes)} outcomes")
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            if not isinstance(error, Exception):
                raise
            return
        again = [pair for pair, outcome in zip(batch, outcomes, strict=True) if outcome is AGAIN]
        self._again.extendleft(reversed(again))
        for _, future in again:
            self._limit(future)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done() or isinstance(outcome, Again):
                continue
            if isinstance(outcome, Failed):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome)


def _overloaded() -> errors.Unavailable:
    return errors.Unavailable(errors.OVERLOADED, "too many requests are waiting; ask again later")

"""Shared round trips: what arrives while one is in flight travels together in the next. No lingering timers: an item
that finds nothing in flight leaves at once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from servicekit import errors

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Gatherer(Generic[Item, Outcome]):
    """Runs batches of up to `max_items`, at most `max_in_flight` at a time; at most `max_waiting` items may wait.

    `run` takes a list and returns one outcome per item, in order. When it raises, every caller of that batch gets the
    exception, and nobody else does.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[list[Outcome]]],
        max_items: int,
        max_in_flight: int = 1,
        max_waiting: int = 2000,
    ) -> None:
        self._run = run
        self._max_items = max_items
        self._max_in_flight = max_in_flight
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Item, asyncio.Future[Outcome]]] = deque()
        self._batches: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Outcome:
        """The outcome of `item`. Raises Unavailable OVERLOADED when too many wait, or whatever `run` raised."""
        if len(self._waiting) >= self._max_waiting:
            raise errors.Unavailable("OVERLOADED", "too many requests are waiting; ask again later")
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._start_batches()
        return await future

    def _start_batches(self) -> None:
        while self._waiting and len(self._batches) < self._max_in_flight:
            batch = [self._waiting.popleft() for _ in range(min(self._max_items, len(self._waiting)))]
            # A caller that gave up (its deadline passed) costs no work.
            wanted = [(item, future) for item, future in batch if not future.done()]
            if wanted:
                task = asyncio.create_task(self._run_batch(wanted))
                self._batches.add(task)
                task.add_done_callback(self._batch_done)

    def _batch_done(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        self._start_batches()

    async def _run_batch(self, batch: list[tuple[Item, asyncio.Future[Outcome]]]) -> None:
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
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

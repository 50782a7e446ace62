"""The two ways of sending: as many at once, and so many a second."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence

from dev.benchmark.load.connection import Connection
from dev.benchmark.load.orders import BROKEN, UNANSWERED, UNSENT, Order
from dev.benchmark.load.tally import Tally

# Keva answers within 3 s.
_GRACE_SECONDS = 10.0
_LONG_SECONDS = 1.0


class Run:
    """One run of `order` with `requests`."""

    def __init__(self, order: Order, requests: Sequence[bytes]) -> None:
        self._order = order
        self._requests = requests
        self._idle = [Connection(order.ports[i % len(order.ports)]) for i in reversed(range(order.connections))]
        self._free = asyncio.Semaphore(order.connections)
        # uvloop's own clock has whole milliseconds.
        self._started = time.monotonic()
        self._until = self._started + order.warm_seconds + order.seconds
        self.tally = Tally(self._started + order.warm_seconds, self._until, self._started)

    async def run(self) -> None:
        """Sends everything, and waits for the answers."""
        send = self._open_loop if self._order.rate else self._closed_loop
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._order.warm_seconds + self._order.seconds + _GRACE_SECONDS):
                await send()
        for connection in self._idle:
            connection.close()

    async def _closed_loop(self) -> None:
        requests = iter(self._requests)
        await asyncio.gather(*(self._one_after_the_other(requests) for _ in range(self._order.connections)))

    async def _one_after_the_other(self, requests: Iterator[bytes]) -> None:
        for request in requests:
            now = time.monotonic()
            # On a machine that is busy with others, not one may be through by then.
            if now >= self._until and self.tally.is_measured:
                return
            await self._send(request, now)
        self.tally.ran_out(time.monotonic())

    async def _open_loop(self) -> None:
        async with asyncio.TaskGroup() as sending:
            async for due, request in _as_they_are_due(zip(self._dues(), self._requests, strict=False)):
                sending.create_task(self._send(request, due))

    def _dues(self) -> Iterator[float]:
        """When requests are due: at random, independently of each other, as those of many customers are."""
        dice = random.Random(self._order.series)
        due = self._started
        while (due := due + dice.expovariate(self._order.rate)) < self._until:
            yield due

    async def _send(self, request: bytes, due: float) -> None:
        answer = UNANSWERED
        self.tally.begin()
        try:
            async with self._connection() as connection:
                answer = UNSENT if self._is_too_late(due) else str(await connection.exchange(request))
        except OSError:
            answer = BROKEN
        finally:
            self.tally.end(answer, due, time.monotonic())

    def _is_too_late(self, due: float) -> bool:
        """Whether the run is over, and the request waited for a connection for long."""
        now = time.monotonic()
        return now > self._until and now - due > _LONG_SECONDS

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with self._free:
            connection = self._idle.pop()
            try:
                yield connection
            finally:
                self._idle.append(connection)


async def _as_they_are_due(planned: Iterator[tuple[float, bytes]]) -> AsyncIterator[tuple[float, bytes]]:
    """A thread waits for the moments: the loop's timers have whole milliseconds, and a request that left late would be
    measured as one that was answered late."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()

    def feed() -> None:
        for due, request in planned:
            time.sleep(max(due - time.monotonic(), 0))
            loop.call_soon_threadsafe(queue.put_nowait, (due, request))
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=feed, daemon=True).start()
    while (one := await queue.get()) is not None:
        yield one

"""Calls that several requests share: what arrives while a call is in flight travels together in the next one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway import limits
from servicekit import errors
from servicekit.gathering import Gatherer

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Few in one call, so that the first of them need not wait for many others; fewer than a call may carry.
MAX_ITEMS = 32
MAX_IN_FLIGHT = 4
# One attempt may take this share of the time that is left, so that a second one can reach another replica.
_FIRST_ATTEMPT_SHARE = 0.6
# Calls end this much before their callers give up: there must be time to say which service did not answer.
_MARGIN_SECONDS = 0.05


@dataclass(frozen=True)
class _Waiting(Generic[Item]):
    item: Item
    deadline: float


class SharedCalls(Generic[Item, Answer]):
    """Asks a service about many things in few calls.

    `call` takes the items and the seconds that it may take, and gives one answer per item, in order; it must be safe to
    ask again. A call that failed because the service was away is asked once more in the time that is left; one that the
    service choked on is asked again item by item, so that a poisoned item fails alone.
    """

    def __init__(
        self,
        call: Callable[[list[Item], float], Awaitable[list[Answer]]],
        max_items: int = MAX_ITEMS,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        self._call = call
        self._asked = 0
        self._gatherer: Gatherer[_Waiting[Item], Answer | errors.KevaError] = Gatherer(
            self._run, max_items, max_in_flight, limits.MAX_WEBHOOKS
        )

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._asked == 0

    async def ask(self, item: Item, deadline: float) -> Answer:
        """The answer for `item`. Raises TimeoutError at `deadline` (of the loop's clock), or a KevaError."""
        self._asked += 1
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._gatherer.submit(_Waiting(item, deadline))
        finally:
            self._asked -= 1
        if isinstance(answer, errors.KevaError):
            raise answer
        return answer

    async def _run(self, batch: list[_Waiting[Item]]) -> list[Answer | errors.KevaError]:
        try:
            return list(await self._call_twice(batch))
        except (errors.Internal, errors.InvalidArgument):
            if len(batch) == 1:
                raise
        return await asyncio.gather(*(self._alone(waiting) for waiting in batch))

    async def _alone(self, waiting: _Waiting[Item]) -> Answer | errors.KevaError:
        try:
            (answer,) = await self._call_twice([waiting])
        except errors.KevaError as error:
            return error
        return answer

    async def _call_twice(self, batch: list[_Waiting[Item]]) -> list[Answer]:
        items = [waiting.item for waiting in batch]
        deadline = max(waiting.deadline for waiting in batch)
        try:
            return await self._call(items, _seconds_until(deadline) * _FIRST_ATTEMPT_SHARE)
        except (errors.Unavailable, errors.Aborted) as error:
            # Whoever has too much to do is not helped by being asked again.
            if error.reason == errors.OVERLOADED or _seconds_until(deadline) <= _MARGIN_SECONDS:
                raise
        return await self._call(items, _seconds_until(deadline))


def _seconds_until(deadline: float) -> float:
    return max(deadline - asyncio.get_running_loop().time() - _MARGIN_SECONDS, _MARGIN_SECONDS)

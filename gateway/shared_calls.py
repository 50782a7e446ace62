"""Calls that several requests share: what arrives while a call is in flight travels together in the next one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway import limits
from gateway.errors import PeerSilent, peer_silent
from servicekit import errors
from servicekit.gathering import Gatherer

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Few in one call, so that the first of them need not wait for many others; fewer than a call may carry.
MAX_ITEMS = 32
MAX_IN_FLIGHT = 4
# A call costs more than what it carries: one that is not full leaves beside another one only when that one is slow.
_BESIDE_AFTER_SECONDS = 0.05
# One attempt may take this share of the time that is left, so that a second one can reach another replica.
_FIRST_ATTEMPT_SHARE = 0.6
# Calls end this much before their callers give up: there must be time to say which service did not answer.
_MARGIN_SECONDS = 0.05
# Longer than a call takes to end by itself.
_SAID_LATELY_SECONDS = 3.0


@dataclass(frozen=True)
class _Waiting(Generic[Item]):
    item: Item
    deadline: float


class SharedCalls(Generic[Item, Answer]):
    """Asks the service `peer` about many things in few calls.

    `call` takes the items and the seconds that it may take, and gives one answer per item, in order; it must be safe to
    ask again. A call that failed because the service was away is asked once more in the time that is left; one that the
    service choked on is asked again item by item, so that a poisoned item fails alone. Who is not answered in time gets
    what the service has said lately, if it has said anything: it knows why.
    """

    def __init__(
        self,
        peer: str,
        call: Callable[[list[Item], float], Awaitable[list[Answer]]],
        max_items: int = MAX_ITEMS,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        self._peer = peer
        self._call = call
        self._asked = 0
        self._said: tuple[float, errors.KevaError] | None = None
        self._gatherer: Gatherer[_Waiting[Item], Answer | errors.KevaError] = Gatherer(
            self._run, max_items, max_in_flight, limits.MAX_WEBHOOKS, beside_after_seconds=_BESIDE_AFTER_SECONDS
        )

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._asked == 0

    async def ask(self, item: Item, deadline: float) -> Answer:
        """The answer for `item`. Raises a KevaError; PeerSilent, or what the service said lately, at `deadline` (of the
        loop's clock)."""
        self._asked += 1
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._gatherer.submit(_Waiting(item, deadline))
        except TimeoutError:
            self._raise_what_was_said()
            raise peer_silent(self._peer) from None
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
            self._note(error)
            # Whoever has too much to do is not helped by being asked again.
            if error.reason == errors.OVERLOADED or _seconds_until(deadline) <= _MARGIN_SECONDS:
                raise
        try:
            return await self._call(items, _seconds_until(deadline))
        except PeerSilent:
            self._raise_what_was_said()
            raise

    def _note(self, error: errors.KevaError) -> None:
        if isinstance(error, errors.Unavailable) and not isinstance(error, PeerSilent):
            self._said = asyncio.get_running_loop().time(), error

    def _raise_what_was_said(self) -> None:
        """Raises the last error with which the service said itself what is wrong, if that was a moment ago."""
        if self._said is not None and asyncio.get_running_loop().time() - self._said[0] < _SAID_LATELY_SECONDS:
            said = self._said[1]
            raise type(said)(said.reason, said.message, **said.metadata) from None


def _seconds_until(deadline: float) -> float:
    return max(deadline - asyncio.get_running_loop().time() - _MARGIN_SECONDS, _MARGIN_SECONDS)

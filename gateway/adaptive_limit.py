"""How many webhooks wait for our services at once: as many as those answer in time. What is more is answered 503 at
once, before it costs anything, so that what is let in is answered and not given up half way."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway import limits
from gateway.metrics import LET_IN
from servicekit.errors import OVERLOADED, Unavailable
from servicekit.http.refusal import HttpRefusal

# Additive increase, multiplicative decrease, as TCP finds its window (RFC 5681).
_MORE = 10.0
_LESS = 0.7
_EXPECTED_SECONDS = 0.5


class AdaptiveLimit:
    """Between `least` and `most`; an answer after more than `slow_seconds` of `clock` is a sign that too many wait."""

    def __init__(
        self,
        most: int = limits.MAX_WEBHOOKS,
        least: int = limits.LEAST_WEBHOOKS,
        slow_seconds: float = limits.SLOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._most = most
        self._least = least
        self._slow_seconds = slow_seconds
        self._limit = float(most)
        self._waiting = 0
        # Told that there is room, and not there yet: many requests are read before the first of them is worked on.
        self._expected = 0
        self._forget_expected = 0.0
        self._cut = 0.0
        LET_IN.set(self._limit)

    @property
    def limit(self) -> int:
        """How many may wait now."""
        return int(self._limit)

    def has_room(self, share: float = 1.0) -> bool:
        """Whether one more is let in. Whoever may take only a `share` of the room leaves the rest to others."""
        if not self._waiting:
            # Whatever there was too much of is over.
            self._limit = float(self._most)
        return self._waiting + self._expected < int(self._limit * share)

    def expect_one(self, share: float = 1.0) -> bool:
        """`has_room`, for one that is let in a moment later; the room is kept until then."""
        now = self._clock()
        if now >= self._forget_expected:
            # Some never come: their connections ended, or they are not webhooks after all.
            self._expected, self._forget_expected = 0, now + _EXPECTED_SECONDS
        if not self.has_room(share):
            return False
        self._expected += 1
        return True

    @asynccontextmanager
    async def let_in(self, share: float = 1.0) -> AsyncIterator[None]:
        """While one webhook waits for our services. Raises Unavailable OVERLOADED when there is no room for it."""
        self._expected = max(self._expected - 1, 0)
        if not self.has_room(share):
            raise Unavailable(OVERLOADED, "more webhooks come than can be stored; send it again in a moment")
        began = self._clock()
        self._waiting += 1
        is_genuine = True
        try:
            yield
        except HttpRefusal:
            # A stranger's, for one: how long that takes must not say how many of Twilio's are let in.
            is_genuine = False
            raise
        finally:
            full = self._waiting >= 0.8 * self._limit
            self._waiting -= 1
            if is_genuine:
                self._learn(self._clock(), began, full)

    def _learn(self, now: float, began: float, full: bool) -> None:
        if now - began <= self._slow_seconds:
            if full:
                self._limit = min(self._limit + _MORE / self._limit, self._most)
        elif began >= self._cut:
            # Requests that began before the last cut do not show what it has done.
            self._limit = max(min(self._limit, self._waiting + 1) * _LESS, self._least)
            self._cut = now
        LET_IN.set(self._limit)

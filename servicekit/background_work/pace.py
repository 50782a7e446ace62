"""Whether what somebody waits for takes long at the moment: other work gives way to it then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """What is `timed` is slow when it takes more than `slow_seconds`, and for `remembered_seconds` after that; by
    `clock`, in seconds."""

    def __init__(
        self, slow_seconds: float, remembered_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._slow_seconds = slow_seconds
        self._remembered_seconds = remembered_seconds
        self._clock = clock
        self._slow_until = float("-inf")

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Around what somebody waits for, however it ends."""
        began = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            if now - began > self._slow_seconds:
                self._slow_until = now + self._remembered_seconds

    def is_slow(self) -> bool:
        """Whether it was so a moment ago."""
        return self._clock() < self._slow_until

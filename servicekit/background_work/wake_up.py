"""Waiting that can be cut short."""

import asyncio
import contextlib


class WakeUp:
    """A pause that ends early when somebody has work. A `wake` during the work counts for the pause that follows it."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ends the pause, or the next one."""
        self._woken.set()

    def clear(self) -> None:
        """Forgets earlier wake-ups; call it before looking for work, so that none is missed while looking."""
        self._woken.clear()

    async def wait(self, seconds: float) -> None:
        """Returns after `seconds`, or as soon as it is woken."""
        # Not wait_for: in Python 3.11 it may swallow a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

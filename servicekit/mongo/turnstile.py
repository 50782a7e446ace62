"""A limit to what runs at once."""

import asyncio

from servicekit import errors


class Turnstile:
    """Lets so many transactions run at once, and so many wait.

    The driver has few threads: more transactions than that stay open while they wait for one, meet each other's writes,
    and begin again, until nothing gets through any more, not even when callers have long given up.
    """

    def __init__(self, at_once: int = 16, waiting: int = 1000, longest_wait_seconds: float = 2.0) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._places = waiting
        self._longest_wait_seconds = longest_wait_seconds

    async def enter(self) -> None:
        """Waits for a turn; a caller that gives up meanwhile costs nothing. Raises Unavailable OVERLOADED."""
        if self._places <= 0:
            raise self._overloaded()
        self._places -= 1
        try:
            async with asyncio.timeout(self._longest_wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise self._overloaded() from None
        finally:
            self._places += 1

    def leave(self, _: object = None) -> None:
        """The transaction has ended."""
        self._free.release()

    @staticmethod
    def _overloaded() -> errors.Unavailable:
        return errors.Unavailable(errors.OVERLOADED, "too many changes are waiting; ask again in a moment")

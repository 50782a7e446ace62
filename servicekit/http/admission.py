"""How many requests are worked on at once: the rest is shed at the door, so that memory stays bounded."""

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from servicekit import errors


class Admission:
    """Counts the requests that run, `most` at once, of those that `counted` names; `idle` is set while there is none.
    All others are always let in."""

    def __init__(self, most: int, counted: Callable[[web.Request], bool] = lambda _: True) -> None:
        self._most = most
        self._counted = counted
        self._running = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's response. Raises Unavailable OVERLOADED when too many run."""
        if not self._counted(request):
            return await handler(request)
        if self._running >= self._most:
            raise errors.Unavailable(errors.OVERLOADED, "too many requests are being worked on; ask again in a moment")
        self._running += 1
        self.idle.clear()
        try:
            return await handler(request)
        finally:
            self._running -= 1
            if not self._running:
                self.idle.set()

"""How many webhooks are worked on at once: the rest is shed at the door, so that memory stays bounded."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway import limits
from gateway.errors import unavailable
from gateway.outcome import webhook_kind


class Admission:
    """Counts the webhooks that run; `idle` is set while there is none."""

    def __init__(self, most: int = limits.MAX_WEBHOOKS) -> None:
        self._most = most
        self._running = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's response. Raises Refused 503 when too many run."""
        if not webhook_kind(request.path):
            return await handler(request)
        if self._running >= self._most:
            raise unavailable("OVERLOADED")
        self._running += 1
        self.idle.clear()
        try:
            return await handler(request)
        finally:
            self._running -= 1
            if not self._running:
                self.idle.set()

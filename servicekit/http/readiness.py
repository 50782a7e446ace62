"""Whether an HTTP server takes work: what its probes say."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from servicekit.http.answers import close_after

IsWell = Callable[[], Awaitable[bool]]


class Readiness:
    """Knows what a request needs, by its name, and how to ask whether that is well."""

    def __init__(self, needed: Mapping[str, IsWell]) -> None:
        self._needed = needed
        self.listening = asyncio.Event()
        self.draining = False

    async def trouble(self) -> str:
        """Why no requests are welcome now, for probes: the names of what is needed and not well, for one; empty when
        they are."""
        if self.draining:
            return "shutting down"
        if not self.listening.is_set():
            return "starting"
        well = await asyncio.gather(*(is_well() for is_well in self._needed.values()))
        return ", ".join(name for name, is_so in zip(self._needed, well, strict=True) if not is_so)

    async def close_while_draining(self, _: web.BaseRequest, response: web.StreamResponse) -> None:
        """While the process ends, each answer is the last one of its connection, so that none of a load balancer's is
        idle, or about to be used again, when they are closed: a signal handler of the application."""
        if self.draining:
            close_after(response)

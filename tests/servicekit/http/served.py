"""A whole HTTP server, its health beside it, on free ports of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from dev.local_stack.ports import free_port
from servicekit.http.admission import Admission
from servicekit.http.limits import ConnectionLimits
from servicekit.http.readiness import IsWell, Readiness
from servicekit.http.server import HttpServer
from servicekit.http.shedding import Shed
from tests.servicekit.http.raw_http import Answer, exchange, request


@dataclass(frozen=True)
class Served:
    """A server that runs. Set `stopped` to drain it; `ended` is done when it has."""

    port: int
    health_port: int
    stopped: asyncio.Event
    ended: "asyncio.Task[None]"

    async def ready(self) -> Answer:
        """What probes are answered."""
        return await exchange(self.health_port, request(b"", method="GET", target="/readyz"))


@asynccontextmanager
async def served(
    app: web.Application,
    drain_seconds: float = 0,
    admission: Admission | None = None,
    limits: ConnectionLimits = ConnectionLimits(),  # noqa: B008 - frozen
    shed: Shed = lambda _: None,
    **needed: IsWell,
) -> AsyncIterator[Served]:
    """Serves `app`. `needed` is what must be well for it to be ready."""
    stopped = asyncio.Event()
    readiness = Readiness(needed)
    server = HttpServer(app, admission or Admission(100), readiness, limits=limits, shed=shed)
    port, health_port = free_port(), free_port()
    serving = server.serve(f"127.0.0.1:{port}", f"127.0.0.1:{health_port}", drain_seconds, stopped)
    ended = asyncio.create_task(serving)
    listening = asyncio.create_task(readiness.listening.wait())
    await asyncio.wait({ended, listening}, return_when=asyncio.FIRST_COMPLETED)
    assert not ended.done()
    yield Served(port, health_port, stopped, ended)
    stopped.set()
    await ended

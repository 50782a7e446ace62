"""The HTTP server around an application, and its graceful end."""

import asyncio
from dataclasses import dataclass, field, replace

import structlog
from aiohttp import web

from servicekit.addresses import CannotListen, split_address
from servicekit.http.admission import Admission
from servicekit.http.answers import add_hygiene
from servicekit.http.connection import HttpConnection
from servicekit.http.health_server import HealthServer, Notes, no_notes
from servicekit.http.intake import Intake, connections_for_this_process
from servicekit.http.limits import ConnectionLimits
from servicekit.http.readiness import Readiness
from servicekit.http.shedding import Shed
from servicekit.http.sources import Sources

# How long new connections are still taken after /readyz has said no.
_LONGEST_NOTICE_SECONDS = 5
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class HttpServer:
    """An application whose answers all get the headers of `answers.py`. `admission` is among its middlewares;
    `limits` are those of its connections. `shed` answers what is not let in at all, before it is read."""

    app: web.Application
    admission: Admission
    readiness: Readiness
    sources: Sources = field(default_factory=Sources)
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    shed: Shed = lambda _: None
    notes: Notes = no_notes

    async def serve(self, listen: str, health_listen: str, drain_seconds: float, stopped: asyncio.Event) -> None:
        """Serves at `listen`, and its health at `health_listen` (host:port), until `stopped`, then drains: not ready at
        once, and running requests get `drain_seconds` to finish. Once. Raises CannotListen."""
        self.app.on_response_prepare.append(add_hygiene)
        self.app.on_response_prepare.append(self.readiness.close_while_draining)
        async with HealthServer(health_listen, self.readiness.trouble, notes=self.notes):
            await self._serve(listen, drain_seconds, stopped)

    async def _serve(self, listen: str, drain_seconds: float, stopped: asyncio.Event) -> None:
        runner = web.AppRunner(self.app, shutdown_timeout=drain_seconds / 2)
        await runner.setup()
        try:
            listener = await self._listen(runner, listen)
            self.readiness.listening.set()
            try:
                # With port 0 the system chooses one.
                _log.info("listening", address=listen, port=listener.sockets[0].getsockname()[1])
                await stopped.wait()
                _log.info("draining", seconds=drain_seconds)
                await self._drain(drain_seconds)
            finally:
                listener.close()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner, listen: str) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        host, port = split_address(listen)
        connections = connections_for_this_process(self.limits.connections)
        intake = Intake(replace(self.limits, connections=connections))

        def connection() -> HttpConnection:
            assert runner.server is not None
            return HttpConnection(runner.server, loop, intake, self.sources, self._shed_unless_draining)

        try:
            return await loop.create_server(connection, host, port, backlog=1024)
        except OSError as error:
            raise CannotListen(listen, error.strerror or str(error)) from None

    def _shed_unless_draining(self, target: bytes) -> bytes | None:
        # Then each answer is the last one of its connection.
        return None if self.readiness.draining else self.shed(target)

    async def _drain(self, seconds: float) -> None:
        """Probes see that we are going away while running requests finish; new ones are taken until then, since whoever
        sends them may not know yet."""
        self.readiness.draining = True
        # However idle: a load balancer that has not asked yet goes on sending here.
        await asyncio.sleep(min(seconds / 4, _LONGEST_NOTICE_SECONDS))
        try:
            async with asyncio.timeout(seconds / 4):
                await self.admission.idle.wait()
        except TimeoutError:
            _log.info("still busy: no new connections from now on")

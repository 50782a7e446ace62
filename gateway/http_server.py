"""The HTTP server around the application, and its graceful end."""

import asyncio

import structlog
from aiohttp import web

from gateway.app import ADMISSION, HEALTH, SOURCES
from gateway.http_protocol import HttpProtocol
from gateway.intake import Intake, connections_for_this_process
from gateway.settings import GatewaySettings
from gateway.sources import Sources
from servicekit.addresses import split_address
from servicekit.http.health_server import HealthServer

# How long new connections are still taken after /readyz has said no.
_LONGEST_NOTICE_SECONDS = 5
_log = structlog.get_logger(__name__)


async def serve(app: web.Application, settings: GatewaySettings, stopped: asyncio.Event) -> None:
    """Serves `app`, and its health beside it, until `stopped`, then drains: not ready at once, and running webhooks get
    the time to finish that the settings give them. Raises OSError when a port is taken."""
    async with HealthServer(settings.health_listen, app[HEALTH].not_ready):
        await _serve(app, settings.http_listen, settings.drain_seconds, stopped)


async def _serve(app: web.Application, listen: str, drain_seconds: float, stopped: asyncio.Event) -> None:
    runner = web.AppRunner(app, shutdown_timeout=drain_seconds / 2)
    await runner.setup()
    try:
        listener = await _listen(runner, listen, app[SOURCES])
        app[HEALTH].listening = True
        try:
            # With port 0 the system chooses one.
            _log.info("listening", address=listen, port=listener.sockets[0].getsockname()[1])
            await stopped.wait()
            _log.info("draining", seconds=drain_seconds)
            await _drain(app, drain_seconds)
        finally:
            listener.close()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, listen: str, sources: Sources) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    host, port = split_address(listen)

    intake = Intake(connections_for_this_process())

    def connection() -> HttpProtocol:
        assert runner.server is not None
        return HttpProtocol(runner.server, loop, intake, sources)

    return await loop.create_server(connection, host, port, backlog=1024)


async def _drain(app: web.Application, seconds: float) -> None:
    """Probes see that we are going away while running webhooks finish; new ones are taken until then, since whoever
    sends them may not know yet."""
    app[HEALTH].draining = True
    # However idle: a load balancer that has not asked yet goes on sending here.
    await asyncio.sleep(min(seconds / 4, _LONGEST_NOTICE_SECONDS))
    try:
        async with asyncio.timeout(seconds / 4):
            await app[ADMISSION].idle.wait()
    except TimeoutError:
        _log.info("still busy: no new connections from now on")

"""The HTTP server around the application: limits of the protocol, and a graceful end."""

import asyncio

import structlog
from aiohttp import web

from gateway.answers import HYGIENE, RETRY_AFTER_SECONDS, plain_text
from gateway.app import ADMISSION, HEALTH
from gateway.settings import split_address

# Longer than load balancers keep idle connections, which is usually 60 s: they must be the ones to close.
_KEEPALIVE_SECONDS = 75
# How long the rest of a refused body is read, so that its sender sees the answer.
_LINGERING_SECONDS = 1
# How long new connections are still taken after /readyz has said no.
_LONGEST_NOTICE_SECONDS = 5
_log = structlog.get_logger(__name__)


class HttpProtocol(web.RequestHandler):
    """One connection. What is not HTTP gets the same kind of answer as everything else that we refuse."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - may quote what came
    ) -> web.StreamResponse:
        """The answer to what the parser or aiohttp itself could not handle. Always ends the connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("a response is on its way already")
        if status < 500:
            _log.info("not readable as HTTP", status=status, error=type(exc).__name__)
            response = plain_text(status, "this is not readable as HTTP")
        else:
            _log.error("unexpected exception", exc_info=exc)
            response = plain_text(503, "this request failed", {"Retry-After": str(RETRY_AFTER_SECONDS)})
        response.headers.update(HYGIENE)
        response.force_close()
        return response


async def serve(app: web.Application, listen: str, drain_seconds: float, stopped: asyncio.Event) -> None:
    """Serves `app` on `listen` (host:port) until `stopped`, then drains: not ready at once, and running webhooks get
    `drain_seconds` to finish. Raises OSError when the port is taken."""
    runner = web.AppRunner(app, shutdown_timeout=drain_seconds / 2)
    await runner.setup()
    try:
        listener = await _listen(runner, listen)
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


async def _listen(runner: web.AppRunner, listen: str) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    host, port = split_address(listen)

    def connection() -> HttpProtocol:
        assert runner.server is not None
        return HttpProtocol(
            runner.server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # its lines would have query strings
            keepalive_timeout=_KEEPALIVE_SECONDS,
            lingering_time=_LINGERING_SECONDS,
        )

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

"""One connection: HTTP as aiohttp reads it, with limits on what somebody may send before we know what it is."""

import asyncio
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from gateway.answers import HYGIENE, RETRY_AFTER_SECONDS, plain_text
from gateway.intake import Intake

# Longer than load balancers keep idle connections, which is usually 60 s: they must be the ones to close.
_KEEPALIVE_SECONDS = 75
# How long the rest of a refused body is read, so that its sender sees the answer.
_LINGERING_SECONDS = 1
# How long a request's head may take from its first byte on, and how large it may be. Twilio's has some 1 KiB.
_HEAD_SECONDS = 3.0
_MAX_HEAD_BYTES = 32 * 1024
# How much is read ahead of whoever reads a body.
_READ_AHEAD_BYTES = 64 * 1024
_log = structlog.get_logger(__name__)


class HttpProtocol(web.RequestHandler):
    """One connection. What is not HTTP gets the same kind of answer as everything else that we refuse."""

    def __init__(self, server: web.Server, loop: asyncio.AbstractEventLoop, intake: Intake) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # its lines would have query strings
            keepalive_timeout=_KEEPALIVE_SECONDS,
            lingering_time=_LINGERING_SECONDS,
            read_bufsize=_READ_AHEAD_BYTES,
        )
        self._event_loop = loop
        self._intake = intake
        # Of the request that is being read or answered.
        self._held = 0
        self._reading_head = True
        self._head_timer: asyncio.TimerHandle | None = None
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the connection, or answers 503 when there are too many."""
        super().connection_made(transport)
        if not self._intake.connect():
            self._end(503)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Gives back what it held."""
        self._stop_timer()
        self._give_back()
        self._intake.disconnect()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, within the limits; beyond them this is the end of the connection."""
        if self._ending:
            # The rest of a refused body: read to be forgotten.
            super().data_received(data)
            return
        self._held += len(data)
        if not self._intake.take(len(data)):
            self._end(503 if self._reading_head else None)
            return
        known = self._request_count
        super().data_received(data)
        if self._request_count > known:
            self._reading_head = False
            self._stop_timer()
        elif self._reading_head:
            self._limit_head()

    def _limit_head(self) -> None:
        if self._held > _MAX_HEAD_BYTES:
            self._end(400)
        elif self._head_timer is None:
            self._head_timer = self._event_loop.call_later(_HEAD_SECONDS, self._end, 408)

    async def finish_response(self, request: web.BaseRequest, resp: Any, start_time: float | None) -> Any:
        """Sends an answer; what the request held is free then."""
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._ending = not resp.keep_alive
            # Somebody may have sent the next request without waiting.
            self._reading_head = not self._messages
            self._give_back()

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

    def _end(self, status: int | None) -> None:
        """Ends the connection; first answers `status` where no other answer can be on its way."""
        self._ending = True
        self._stop_timer()
        if status is not None and self.transport is not None:
            self.transport.write(_bare_answer(status))
        self.force_close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_back(self) -> None:
        self._intake.give_back(self._held)
        self._held = 0


def _bare_answer(status: int) -> bytes:
    """An answer without a request that it could be prepared for."""
    headers = {"Content-Length": "0", "Connection": "close", **HYGIENE}
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()

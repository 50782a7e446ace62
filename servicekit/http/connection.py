"""One connection: HTTP as aiohttp reads it, with limits on what somebody may send before we know what it is."""

import asyncio
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import Counter

from servicekit.http import answers
from servicekit.http.intake import Intake
from servicekit.http.shedding import Shed, target_of_whole_post
from servicekit.http.sources import Sources

_ENDED = Counter("keva_connections_ended", "Connections that were ended since a limit was reached", ["limit"])
_log = structlog.get_logger(__name__)


class HttpConnection(web.RequestHandler):
    """One connection. What is not HTTP gets the same kind of answer as everything else that we refuse."""

    def __init__(
        self,
        server: web.Server,
        loop: asyncio.AbstractEventLoop,
        intake: Intake,
        sources: Sources | None = None,
        shed: Shed = lambda _: None,
    ) -> None:
        limits = intake.limits
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # its lines would have query strings
            keepalive_timeout=limits.idle_seconds,
            lingering_time=limits.lingering_seconds,
            read_bufsize=limits.read_ahead_bytes,
            max_line_size=limits.line_bytes,
            max_field_size=limits.header_bytes,
            max_headers=limits.headers,
            # It would decompress whatever comes, on any path, and go on after the request was refused: body.py does it.
            auto_decompress=False,
        )
        self._event_loop = loop
        self._intake = intake
        self._limits = limits
        self._sources = sources or Sources()
        self._shed = shed
        # Nothing but whole requests has come: what comes next is the beginning of one.
        self._between_requests = True
        self._source: str | None = None
        # Of the request that is being read or answered.
        self._held = 0
        self._reading_head = True
        self._head_timer: asyncio.TimerHandle | None = None
        self._begun = False
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the connection, or answers 503 when there are too many."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._source = self._sources.of_connection(peer[0]) if peer else None
        if not self._intake.connect(self._source):
            self._end(503, "connections")
            return
        # aiohttp itself waits for ever for the first byte of a connection.
        self._head_timer = self._event_loop.call_later(self._limits.idle_seconds, self._end, None, "idle")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Gives back what it held."""
        self._stop_timer()
        self._give_back()
        self._intake.disconnect(self._source)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, within the limits; beyond them this is the end of the connection."""
        if self._ending:
            # The rest of a refused body: taken from the network, so that its sender sees the answer, and looked at by
            # nobody.
            return
        # aiohttp itself calls it with nothing, to go on with what it has.
        if data and self._between_requests and self._answered_unread(data):
            return
        self._held += len(data)
        if not self._intake.take(len(data)):
            self._end(503 if self._reading_head else None, "bytes")
            return
        if not self._begun:
            self._begun = True
            self._stop_timer()
        known = self._request_count
        super().data_received(data)
        if self._request_count > known:
            self._reading_head = False
            self._stop_timer()
        elif self._reading_head:
            self._limit_head()

    def _answered_unread(self, data: bytes) -> bool:
        target = target_of_whole_post(data)
        self._between_requests = target is not None
        if target is None or not self._reading_head or self.transport is None:
            return False
        # Whoever takes no answers is not given more and more of them.
        if self.transport.get_write_buffer_size():
            return False
        answer = self._shed(target)
        if answer is not None:
            self.transport.write(answer)
            self._stay_open()
        return answer is not None

    def _stay_open(self) -> None:
        """As long as after any other answer. Before its first request that is up to us, and after it to aiohttp."""
        if self._request_count:
            self._next_keepalive_close_time = self._event_loop.time() + self._limits.idle_seconds
        else:
            self._stop_timer()
            self._head_timer = self._event_loop.call_later(self._limits.idle_seconds, self._end, None, "idle")

    def _limit_head(self) -> None:
        if self._held > self._limits.head_bytes:
            self._end(400, "head size")
        elif self._head_timer is None:
            self._head_timer = self._event_loop.call_later(self._limits.head_seconds, self._end, 408, "head time")

    async def finish_response(self, request: web.BaseRequest, resp: Any, start_time: float | None) -> Any:
        """Sends an answer; what the request held is free then."""
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            if self.transport is not None:
                # Closing would wait for somebody to take it.
                self.transport.abort()
            self._end(None, "answer time")
            return resp, True
        finally:
            self._ending = not resp.keep_alive
            # Somebody may have sent the next request without waiting.
            self._reading_head = not self._messages
            self._give_back(others=len(self._messages))

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
            return answers.unprepared(status, "this is not readable as HTTP")
        _log.error("unexpected exception", exc_info=exc)
        return answers.unprepared(503, "this request failed")

    def _end(self, status: int | None, limit: str) -> None:
        """Ends the connection, which has reached `limit`; first answers `status` where no other answer can be on its
        way."""
        _ENDED.labels(limit).inc()
        self._ending = True
        self._stop_timer()
        if status is not None and self.transport is not None:
            self.transport.write(answers.bare(status))
        self.force_close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_back(self, others: int = 0) -> None:
        """All that is held, but for the share of as many `others` that came with it and are not answered yet."""
        given = self._held // (others + 1)
        self._intake.give_back(given)
        self._held -= given

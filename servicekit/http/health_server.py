"""What probes ask, over plain HTTP on a port of its own, which need not be public: GET /healthz, does the process live?
GET /readyz, does it take work? And GET /notes, for `keva doctor`: is there anything that somebody should know?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self

import structlog

from servicekit.addresses import CannotListen, split_address

# Says what is wrong, in words for the operator; nothing when all is well.
Probe = Callable[[], Awaitable[str]]
# What somebody should know although all is well, a line each, in words for the operator.
Notes = Callable[[], Sequence[str]]

# Kubernetes waits longer (timeoutSeconds in deploy/).
_PROBE_SECONDS = 2.0
_HEAD_SECONDS = 2.0
_MAX_HEAD_BYTES = 8 * 1024
_NOTES = "/notes"
_log = structlog.get_logger(__name__)


async def nothing_wrong() -> str:
    """The probe of a process that lives as long as it answers."""
    return ""


def no_notes() -> Sequence[str]:
    """The notes of a process that has none."""
    return ()


class HealthServer:
    """Listens while its `async with` lasts; 200 when the probe has nothing to say, else 503 with its words.

    Fixed answers, one request per connection: most services need HTTP for nothing else, and aiohttp would be a
    tenth of their memory and of the time that they take to start.
    """

    def __init__(self, listen: str, ready: Probe, live: Probe = nothing_wrong, notes: Notes = no_notes) -> None:
        """`listen` is host:port; with port 0 the system chooses one."""
        self.port = 0
        self._listen = listen
        self._probes = {"/healthz": (live, "ok"), "/readyz": (ready, "ready")}
        self._notes = notes
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Raises CannotListen when the port is taken, ValueError when `listen` is not an address."""
        host, port = split_address(self._listen)
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=_MAX_HEAD_BYTES)
        except OSError:
            raise CannotListen(self._listen) from None
        self.port = self._server.sockets[0].getsockname()[1]
        _log.info("health served", address=self._listen, port=self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(await self._answer(head.decode("latin-1")))
            async with asyncio.timeout(_HEAD_SECONDS):
                await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # This caller is not a probe.
            writer.transport.abort()
        finally:
            writer.close()

    async def _answer(self, head: str) -> bytes:
        method, _, rest = head.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if path not in (*self._probes, _NOTES):
            return _response(HTTPStatus.NOT_FOUND, "not found")
        if method not in ("GET", "HEAD"):
            return _response(HTTPStatus.METHOD_NOT_ALLOWED, "GET alone", "Allow: GET, HEAD")
        answer = _response(HTTPStatus.OK, "\n".join(self._notes())) if path == _NOTES else await self._probe(path)
        return answer if method == "GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"

    async def _probe(self, path: str) -> bytes:
        probe, well = self._probes[path]
        wrong = await _said(probe)
        status, text = (HTTPStatus.SERVICE_UNAVAILABLE, f"not {well}: {wrong}") if wrong else (HTTPStatus.OK, well)
        return _response(status, text)


async def _said(probe: Probe) -> str:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return await probe()
    except TimeoutError:
        return "no answer in time"
    except Exception as error:
        # Its text may quote an address or worse.
        _log.exception("probe failed", error=type(error).__name__)
        return "the probe itself failed; the log says why"


def _response(status: HTTPStatus, text: str, *headers: str) -> bytes:
    body = f"{text}\n".encode()
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *headers,
    )
    return "\r\n".join([*lines, "", ""]).encode() + body

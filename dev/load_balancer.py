"""Stands for the load balancer that production has before its gateways: it passes TCP connections on, to those in turn
that say that they are ready."""

import asyncio
import contextlib
import itertools
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp

_POLL_SECONDS = 0.1
_CHUNK_BYTES = 64 * 1024


class LoadBalancer:
    """Use it with `async with`; it listens on `port` of 127.0.0.1 then. `backends` are host:port, each with the
    host:port where it is asked whether it is ready."""

    def __init__(self, backends: Mapping[str, str], port: int) -> None:
        self._health = backends
        self._backends = list(backends)
        self._ready = set(backends)
        self._turn = itertools.count()
        self._port = port
        self._polling: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)
        self._polling = asyncio.create_task(self._poll())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        assert self._polling is not None
        self._server.close()
        self._polling.cancel()
        await asyncio.gather(self._polling, return_exceptions=True)

    async def _poll(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                ready = await asyncio.gather(*(_is_ready(session, health) for health in self._health.values()))
                self._ready = {backend for backend, well in zip(self._backends, ready, strict=True) if well}
                await asyncio.sleep(_POLL_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind = await self._connect()
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the next one that is ready and takes it. Raises OSError when none does."""
        first = next(self._turn)
        turn = [self._backends[(first + i) % len(self._backends)] for i in range(len(self._backends))]
        # Those that were not ready a moment ago come last: better than nobody.
        for backend in sorted(turn, key=lambda backend: backend not in self._ready):
            host, _, port = backend.rpartition(":")
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(host, int(port))
        raise OSError("no backend takes connections")


async def _is_ready(session: aiohttp.ClientSession, health: str) -> bool:
    try:
        async with session.get(f"http://{health}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()

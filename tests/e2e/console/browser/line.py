"""A line between a browser and the console, which freezes and dies as lines do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext
from urllib.parse import urlsplit

_MOST = 65536


class Line:
    """What is sent passes through it, both ways. Browsers come to `url`."""

    def __init__(self, console_url: str) -> None:
        self.url = ""
        self._console = urlsplit(console_url)
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._freezing_request = b""
        self._stands_still = asyncio.Event()

    def freeze(self) -> None:
        """Nothing passes, and nobody is told: no connection ends, and new ones get no answer."""
        self._flows.clear()
        self._stands_still.set()

    async def freeze_after(self, request: bytes) -> None:
        """As `freeze`, once a browser's request that contains this has passed. Its answer does not."""
        self._freezing_request = request
        await self._stands_still.wait()

    def thaw(self) -> None:
        """All that was held back passes."""
        self._flows.set()

    def die(self) -> None:
        """What was held back is lost with its connections. New ones work."""
        for writer in self._writers:
            writer.transport.abort()
        self._flows.set()

    def cut(self) -> None:
        """All connections end, and nobody gets another one."""
        self._is_cut = True
        self.die()

    def mend(self) -> None:
        """New connections work again."""
        self._is_cut = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a browser's."""
        if self._is_cut:
            writer.transport.abort()
            return
        assert self._console.hostname is not None
        there, here = await asyncio.open_connection(self._console.hostname, self._console.port)
        ends = {writer, here}
        self._writers |= ends
        try:
            await asyncio.gather(self._pass_on(reader, here, asks=True), self._pass_on(there, writer))
        except ConnectionError:
            pass
        finally:
            self._writers -= ends
            for end in ends:
                end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asks: bool = False) -> None:
        while data := await reader.read(_MOST):
            await self._flows.wait()
            writer.write(data)
            if asks and self._freezing_request and self._freezing_request in data:
                self._freezing_request = b""
                self.freeze()
            await writer.drain()
        writer.close()


@asynccontextmanager
async def line_to(console_url: str, tls: SSLContext | None = None) -> AsyncIterator[Line]:
    """A line to the console; with `tls` it ends TLS before the console, as a proxy does."""
    line = Line(console_url)
    async with await asyncio.start_server(line.serve, "127.0.0.1", 0, ssl=tls) as server:
        line.url = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield line
        line.die()

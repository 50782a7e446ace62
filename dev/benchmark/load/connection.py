"""One HTTP/1.1 connection to 127.0.0.1 that is kept, and opened again after the server has closed it. It reads no more
of an answer than the loop needs."""

import asyncio
from typing import cast

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """Carries one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._read = b""

    async def exchange(self, request: bytes) -> int:
        """The status that the request is answered with. Raises OSError when the connection breaks."""
        loop = asyncio.get_running_loop()
        if self._transport is None:
            await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        assert self._transport is not None
        self._answer = loop.create_future()
        self._read = b""
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Ends it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        self._read += data
        head, end, body = self._read.partition(_HEAD_END)
        if not end or self._answer is None or self._answer.done():
            return
        head = head.lower()
        if len(body) >= _length(head):
            if b"connection: close" in head:
                self._forget()
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio's. An answer that has not come never does."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError(str(exc or "closed without an answer")))

    def _forget(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._transport = None


def _length(head: bytes) -> int:
    """How long the body is."""
    _, found, rest = head.partition(_LENGTH)
    return int(rest.partition(b"\r\n")[0]) if found else 0

"""A connection to a mongod that hangs while others go on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Line:
    """Between a client and mongod. Once it is `hanging`, the connection on which that word comes next is silent; `hung`
    is set then. At the end all are cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._connections: list[asyncio.StreamWriter] = []
        self.port = 0
        self.hanging = b""
        self.hung = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self) -> "AsyncIterator[Line]":
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for connection in self._connections:
                connection.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.append(writer)
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        answers = asyncio.create_task(_carry(there, writer))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if self.hanging and self.hanging in data:
                    self.hanging = b""
                    self.hung.set()
                    answers.cancel()
                    await reader.read()
                    break
                back.write(data)
        back.close()
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)

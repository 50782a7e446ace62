"""What somebody may send before we know what it is: time, size, and how many at once."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from servicekit.http.connection import HttpConnection
from servicekit.http.intake import Intake, connections_for_this_process
from servicekit.http.limits import ConnectionLimits
from servicekit.http.sources import Sources
from tests.servicekit.http.raw_http import exchange, read_answer, request

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@asynccontextmanager
async def listening(sources: Sources | None = None, **limits: Any) -> AsyncIterator[int]:
    """A server with those ConnectionLimits whose answer is the length of what it was sent. Yields its port."""

    async def length(received: web.Request) -> web.Response:
        return web.Response(text=str(len(await received.read())))

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=bytes(64 * 1024 * 1024))

    app = web.Application()
    app.router.add_post("/", length)
    app.router.add_get("/large", large)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    loop = asyncio.get_running_loop()
    assert runner.server is not None
    intake = Intake(ConnectionLimits(**limits))
    make = lambda: HttpConnection(runner.server, loop, intake, sources)  # noqa: E731
    async with await loop.create_server(make, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await runner.cleanup()


async def test_connections_beyond_the_limit_are_answered_503_and_closed() -> None:
    async with listening(connections=1) as port:
        _, first = await asyncio.open_connection("127.0.0.1", port)
        reader, second = await asyncio.open_connection("127.0.0.1", port)

        shed = await read_answer(reader)

        assert (shed.status, shed.headers["retry-after"], shed.headers["server"]) == (503, "2", "Keva")
        assert await reader.read() == b""
        first.close()
        second.close()


class _Strangers(Sources):
    """All connections are of one public address."""

    def of_connection(self, peer: str) -> str | None:
        return "9.9.9.9"


async def test_connections_of_one_source_beyond_its_limit_are_answered_503_and_closed() -> None:
    async with listening(_Strangers(), connections_per_source=1) as port:
        _, first = await asyncio.open_connection("127.0.0.1", port)
        reader, second = await asyncio.open_connection("127.0.0.1", port)

        assert (await read_answer(reader)).status == 503
        assert await reader.read() == b""
        first.close()
        second.close()


def test_a_source_whose_connections_ended_may_have_new_ones() -> None:
    intake = Intake(ConnectionLimits(connections_per_source=1))
    for source in ("a", "b", "a"):
        assert intake.connect(source)
        intake.disconnect(source)

    assert (intake.connect("a"), intake.connect("a"), intake.connect("b"), intake.connect()) == (
        True,
        False,
        True,
        True,
    )


async def test_connection_that_ends_makes_room() -> None:
    async with listening(connections=1) as port:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(headers={"Connection": "close"}))
            assert (await read_answer(reader)).status == 200
            assert await reader.read() == b""
            writer.close()


async def test_too_much_at_once_is_answered_503() -> None:
    async with listening(unanswered_bytes=1000) as port:
        assert (await exchange(port, request(b"x" * 2000))).status == 503
        assert (await exchange(port, request(b"x" * 500))).body == "500"


async def test_what_was_answered_makes_room() -> None:
    async with listening(unanswered_bytes=1000) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(5):
            writer.write(request(b"x" * 500))
            assert (await read_answer(reader)).body == "500"
        writer.close()


async def test_what_came_with_an_answered_request_is_still_held() -> None:
    """Else thousands who do not wait for answers make us hold many times what is allowed."""
    async with listening(unanswered_bytes=1500) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # Nobody reads the second answer, which is large.
        unanswered = request(b"", method="GET", target="/large", headers={"X-Filler": "x" * 400})
        writer.write(request(b"x" * 400) + unanswered)
        assert (await read_answer(reader)).body == "400"

        assert (await exchange(port, request(b"x" * 1000))).status == 503

        writer.transport.abort()
        await _until_given_back(port)


async def _until_given_back(port: int) -> None:
    async with asyncio.timeout(90):
        while (await exchange(port, request(b"x" * 1000))).status != 200:
            pass


async def test_body_that_outgrows_what_is_left_ends_its_connection() -> None:
    async with listening(unanswered_bytes=1000) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(b"x" * 4999)

        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert (await exchange(port, request())).status == 200


async def test_endless_head_in_pieces_is_answered_400() -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        for number in range(5):
            writer.write(b"A%d: %s\r\n" % (number, b"x" * 8000))

        assert (await read_answer(reader)).status == 400
        writer.close()


@pytest.mark.parametrize("before", [b"", request()], ids=["the first", "a later one"])
async def test_head_that_does_not_end_is_answered_408(before: bytes) -> None:
    async with listening(head_seconds=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if before:
            writer.write(before)
            assert (await read_answer(reader)).status == 200
        writer.write(HEAD)

        assert (await read_answer(reader)).status == 408
        writer.close()


async def test_idle_connection_is_kept_longer_than_a_head_may_take() -> None:
    async with listening(head_seconds=0.01) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(request())
            assert (await read_answer(reader)).status == 200
            await asyncio.sleep(0.05)
        writer.close()


async def test_connection_that_never_asks_is_closed() -> None:
    async with listening(idle_seconds=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_connection_that_asks_no_more_is_closed() -> None:
    async with listening(idle_seconds=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request())

        assert (await read_answer(reader)).status == 200
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def _is_admitted(port: int) -> bool:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        return (await exchange(port, request())).status == 200
    return False


async def test_an_answer_that_nobody_takes_ends_its_connection() -> None:
    async with listening(connections=1, answer_seconds=0.05) as port:
        # It stops reading after two bytes.
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(request(method="GET", target="/large"))
        await writer.drain()

        async with asyncio.timeout(90):
            while not await _is_admitted(port):
                pass
        writer.close()


async def test_thousands_of_requests_at_once_on_one_connection_are_answered_one_by_one() -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request() * 2000)

        assert {(await read_answer(reader)).status for _ in range(2000)} == {200}
        writer.close()


def test_this_process_takes_as_many_connections_as_its_files_allow() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)

    assert 1 <= connections_for_this_process(12_000) <= 12_000
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)

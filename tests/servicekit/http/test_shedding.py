"""Requests that are answered before they are read, and those that are not."""

import asyncio
import socket
from http import HTTPStatus

import pytest
from aiohttp import web

from servicekit.http.connection import HttpConnection
from servicekit.http.intake import Intake
from servicekit.http.limits import ConnectionLimits
from servicekit.http.shedding import answer, target_of_whole_post
from tests.servicekit.http.raw_http import Answer, read_answer
from tests.servicekit.http.served import Served, served

POST = b"POST /in?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b"


def test_the_plainest_form_is_recognised() -> None:
    assert target_of_whole_post(POST) == b"/in?a=1"
    assert target_of_whole_post(POST.replace(b"Host: x", b"Host: x\r\nConnection: Keep-Alive")) == b"/in?a=1"
    assert target_of_whole_post(POST.replace(b"Host: x", b"X-Twilio-Signature: a=b=, c")) == b"/in?a=1"
    assert target_of_whole_post(POST.replace(b"3\r\n\r\na=b", b"0\r\n\r\n")) == b"/in?a=1"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(POST[:-1], id="not all of it"),
        pytest.param(POST + b"P", id="more than it"),
        pytest.param(POST[: POST.index(b"\r\n\r\n")], id="half a head"),
        pytest.param(POST.replace(b"POST", b"GET"), id="another method"),
        pytest.param(POST.replace(b"1.1", b"1.0"), id="another version"),
        pytest.param(POST.replace(b"/in", b"http://x/in"), id="an absolute target"),
        pytest.param(POST.replace(b"/in", "/ü".encode()), id="a target that is not ASCII"),
        pytest.param(POST.replace(b"Content-Length: 3", b"Content-Length: +3"), id="a length that is none"),
        pytest.param(POST.replace(b"Host: x", b"Content-Length: 3"), id="two lengths"),
        pytest.param(POST.replace(b"Host: x", b"Transfer-Encoding: chunked"), id="chunks"),
        pytest.param(POST.replace(b"Host: x", b"transfer-encoding : chunked"), id="chunks, as nobody may write it"),
        pytest.param(POST.replace(b"Host: x", b"Connection: close"), id="the last of its connection"),
        pytest.param(POST.replace(b"Host: x", b"Connection: upgrade"), id="another protocol"),
        pytest.param(POST.replace(b"Host: x", b"Expect: 100-continue"), id="somebody who waits"),
        pytest.param(POST.replace(b"Host: x", b"Host: x\r\n folded"), id="a folded line"),
        pytest.param(POST.replace(b"Host: x", b"Host: \x00"), id="a NUL"),
        pytest.param(POST.replace(b"\r\n", b"\n"), id="bare line feeds"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_not_recognised_is_read(data: bytes) -> None:
    assert target_of_whole_post(data) is None


class Door:
    """Sheds while it is `full`; what it was asked about."""

    def __init__(self) -> None:
        self.full = True
        self.asked: list[bytes] = []

    def shed(self, target: bytes) -> bytes | None:
        self.asked.append(target)
        return answer(HTTPStatus.SERVICE_UNAVAILABLE, "not now", {"Retry-After": "2"}) if self.full else None


def _app(door: Door | None = None) -> web.Application:
    """Answers how long a body is; while the door is full, what reaches it all the same is refused here."""

    async def length(request: web.Request) -> web.Response:
        return web.Response(status=503 if door and door.full else 200, text=str(len(await request.read())))

    app = web.Application()
    app.router.add_post("/in", length)
    return app


async def _connect(server: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", server.port)


async def _answers(reader: asyncio.StreamReader, count: int) -> list[int]:
    return [(await read_answer(reader)).status for _ in range(count)]


async def test_shed_requests_are_answered_and_leave_the_connection_as_it_was() -> None:
    door = Door()
    async with served(_app(door), shed=door.shed) as server:
        reader, writer = await _connect(server)
        statuses = []
        for full in (True, True, False, True, False):
            door.full = full
            writer.write(POST)
            shed = await read_answer(reader)
            statuses.append(shed.status)
            # One that comes while the answer before it is still being finished, on this loop, too, would be read.
            for _ in range(5):
                await asyncio.sleep(0)
        writer.close()

    assert statuses == [503, 503, 200, 503, 200]
    assert door.asked == [b"/in?a=1"] * 5


async def test_a_shed_answer_is_a_whole_answer() -> None:
    async with served(_app(), shed=Door().shed) as server:
        reader, writer = await _connect(server)
        writer.write(POST)
        shed: Answer = await read_answer(reader)
        writer.close()

    assert (shed.status, shed.body, shed.headers["retry-after"]) == (503, "not now\n", "2")
    assert shed.headers["content-type"] == "text/plain; charset=utf-8"
    assert shed.headers["date"].endswith(" GMT")


async def test_a_request_in_pieces_is_read_and_so_is_all_that_follows_it() -> None:
    # What follows might be the rest of something.
    door = Door()
    async with served(_app(), shed=door.shed) as server:
        reader, writer = await _connect(server)
        for piece in (POST + POST[:20], POST[20:], POST, POST):
            writer.write(piece)
            assert await _answers(reader, 1) == [200]
        writer.close()

    assert door.asked == []


async def test_what_looks_like_a_request_within_another_one_is_read_as_what_it_is() -> None:
    outer = b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(POST)
    door = Door()
    async with served(_app(), shed=door.shed) as server:
        reader, writer = await _connect(server)
        # The second one's head comes with the first one, its body alone: and looks like a request.
        door.full = False
        writer.write(POST + outer)
        assert await _answers(reader, 1) == [200]
        door.full = True
        writer.write(POST)
        answered = await read_answer(reader)
        writer.close()

    assert (answered.status, answered.body) == (200, str(len(POST)))


async def test_requests_sent_without_waiting_are_all_answered() -> None:
    door = Door()
    async with served(_app(), shed=door.shed) as server:
        reader, writer = await _connect(server)
        writer.write(POST * 3)
        assert await _answers(reader, 3) == [200] * 3
        writer.close()


async def test_nobody_is_given_more_answers_than_they_take() -> None:
    door, loop = Door(), asyncio.get_running_loop()
    runner = web.AppRunner(_app(), shutdown_timeout=0.1)
    await runner.setup()
    assert runner.server is not None
    intake = Intake(ConnectionLimits(answer_seconds=1))
    connection = HttpConnection(runner.server, loop, intake, shed=door.shed)
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    await loop.connect_accepted_socket(lambda: connection, theirs)

    async def send_and_read_nothing() -> None:
        while True:
            await loop.sock_sendall(ours, POST)
            # The server, on the same loop, reads them one by one.
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    with pytest.raises(ConnectionError):
        await send_and_read_nothing()

    assert 0 < len(door.asked) < 1000
    ours.close()
    await runner.cleanup()


async def test_a_connection_that_sends_nothing_any_more_is_ended() -> None:
    async with served(_app(), limits=ConnectionLimits(idle_seconds=0.5), shed=Door().shed) as server:
        reader, writer = await _connect(server)
        writer.write(POST)
        assert await _answers(reader, 1) == [503]
        assert await reader.read() == b""
        writer.close()


async def test_while_it_drains_it_sheds_nobody() -> None:
    door = Door()
    async with served(_app(), drain_seconds=2, shed=door.shed) as server:
        reader, writer = await _connect(server)
        server.stopped.set()
        # Probes are told at once.
        assert (await server.ready()).status == 503
        writer.write(POST)
        drained = await read_answer(reader)
        writer.close()

    assert (drained.status, door.asked) == (200, [])

"""Probes are answered over HTTP, in time, whatever the probe does."""

import asyncio
import contextlib

import aiohttp
import pytest

from servicekit.http import health_server
from servicekit.http.health_server import HealthServer
from tests.servicekit.http.raw_http import exchange, request


async def get(server: HealthServer, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{server.port}{path}") as answer:
        return answer.status, await answer.text()


async def test_a_probe_that_finds_something_is_answered_503_with_its_words() -> None:
    wrong = ""

    async def ready() -> str:
        return wrong

    async with HealthServer("127.0.0.1:0", ready) as server:
        before = await get(server, "/readyz")
        wrong = "sms_service"
        after, alive = await get(server, "/readyz"), await get(server, "/healthz")

    assert (before, after, alive) == ((200, "ready\n"), (503, "not ready: sms_service\n"), (200, "ok\n"))


async def test_a_process_may_say_that_it_does_not_live() -> None:
    async def stuck() -> str:
        return "the loop of the outbox has ended"

    async with HealthServer("127.0.0.1:0", stuck, stuck) as server:
        assert await get(server, "/healthz") == (503, "not ok: the loop of the outbox has ended\n")


async def test_a_probe_that_fails_or_hangs_is_a_503_without_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_server, "_PROBE_SECONDS", 0.05)

    async def broken() -> str:
        raise RuntimeError("mongodb://user:secret@host")

    async def hanging() -> str:
        await asyncio.Event().wait()
        return ""

    async with HealthServer("127.0.0.1:0", broken, hanging) as server:
        ready, live = await get(server, "/readyz"), await get(server, "/healthz")

    assert (ready[0], live[0]) == (503, 503)
    assert "secret" not in ready[1]


async def test_nothing_else_is_served() -> None:
    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong) as server:
        assert [(await get(server, path))[0] for path in ("/", "/metrics", "/api/webhooks/twilio")] == [404] * 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(b"", method="GET", target="/readyz?verbose=1"), 200),
        (request(b"", method="HEAD", target="/readyz"), 200),
        (request(b"", method="POST", target="/readyz"), 405),
        (request(b"", method="POST", target="/x"), 404),
        (b"GET /readyz HTTP/1.0\r\n\r\n", 200),
        (b"garbage\r\n\r\n", 404),
        (b"\xff\xfe \x00\r\n\r\n", 404),
    ],
)
async def test_whatever_is_sent_is_answered_once(sent: bytes, status: int) -> None:
    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong) as server:
        answer = await exchange(server.port, sent)

    assert (answer.status, answer.headers["connection"], answer.headers["cache-control"]) == (
        status,
        "close",
        "no-store",
    )


@pytest.mark.parametrize("sent", [b"", b"GET /readyz HTTP/1.1\r\n", b"GET /" + b"x" * 100_000])
async def test_a_request_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(health_server, "_HEAD_SECONDS", 0.05)
    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()

        assert await get(server, "/healthz") == (200, "ok\n")


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong) as first:
        with pytest.raises(OSError, match="another process"):
            async with HealthServer(f"127.0.0.1:{first.port}", health_server.nothing_wrong):
                pass


async def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="host:port"):
        async with HealthServer("8081", health_server.nothing_wrong):
            pass


async def test_what_somebody_should_know_is_told_although_all_is_well() -> None:
    notes = ["no proxy is named", "nothing else"]

    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong, notes=lambda: notes) as server:
        noted, ready = await get(server, "/notes"), await get(server, "/readyz")

    assert (noted, ready) == ((200, "no proxy is named\nnothing else\n"), (200, "ready\n"))

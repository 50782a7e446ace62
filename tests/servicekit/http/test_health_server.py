"""Probes are answered over HTTP, in time, whatever the probe does."""

import asyncio

import aiohttp
import pytest

from servicekit.http import health_server
from servicekit.http.health_server import HealthServer


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


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with HealthServer("127.0.0.1:0", health_server.nothing_wrong) as first:
        with pytest.raises(OSError, match="another process"):
            async with HealthServer(f"127.0.0.1:{first.port}", health_server.nothing_wrong):
                pass


async def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="host:port"):
        async with HealthServer("8081", health_server.nothing_wrong):
            pass

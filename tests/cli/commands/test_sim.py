"""`keva sim text`."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from dev.local_stack.ports import free_port
from keva.ticket.v1 import channel_service_pb2


@pytest.fixture
async def control_api() -> AsyncIterator[tuple[str, list[Any], dict[str, Any]]]:
    """The simulator's control API: its URL, what it was asked, and what it answers."""
    asked: list[Any] = []
    answer: dict[str, Any] = {"message_sid": "SM1", "acknowledged": True, "attempts": []}

    async def texts(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/control/texts", texts)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}", asked, answer
    await runner.cleanup()


ATTEMPT = {"url": "http://gateway/x", "status": 403, "content_type": "text/plain", "body": "no", "error_code": 11200}


@pytest.mark.parametrize(
    ("acknowledged", "status"), [pytest.param(True, 0, id="acknowledged"), pytest.param(False, 1, id="refused")]
)
async def test_sim_text_plays_the_customer(keva: Any, control_api: Any, acknowledged: bool, status: int) -> None:
    pytest.importorskip("dev.twilio_simulator")
    url, asked, answer = control_api
    answer |= {"acknowledged": acknowledged, "attempts": [] if acknowledged else [ATTEMPT]}
    channel = channel_service_pb2.Channel(phone_number="+15550001111")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])

    result = await keva("sim", "text", "--from", "(555) 123-4567", "hello", "--simulator", url)

    assert result.status == status
    assert asked[0]["from"] == "+15551234567"
    assert asked[0]["to"] == "+15550001111"
    assert asked[0]["body"] == "hello"
    assert ("keva twilio connect" in result.error) is not acknowledged


async def test_sim_text_without_a_simulator(keva: Any) -> None:
    pytest.importorskip("dev.twilio_simulator")
    url = f"http://127.0.0.1:{free_port()}"

    result = await keva("sim", "text", "--from", "5551234567", "--to", "5550001111", "hello", "--simulator", url)

    assert result.status == 4
    assert url in result.error

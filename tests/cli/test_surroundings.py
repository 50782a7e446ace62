"""What does not depend on a command: services that cannot be reached, Ctrl-C, missing tools, the simulator."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from dev.local_stack.ports import free_port
from keva.ticket.v1 import channel_service_pb2


@pytest.fixture(autouse=True)
def _starts_python(keva: Any) -> None:
    keva.starts_python = True


async def test_an_unreachable_service_is_named_with_its_address(keva: Any) -> None:
    address = f"127.0.0.1:{free_port()}"

    result = await keva("tickets", "list", "--ticket-service", address)

    assert result.status == 4
    assert f"ticket_service does not answer at {address}." in result.error
    assert "keva up" in result.error
    assert "KEVA_TICKET_SERVICE" in result.error


async def test_a_service_that_is_another_one_is_told_from_a_dead_one(keva: Any) -> None:
    result = await keva("twilio", "list", "--sms-service", keva.ticket_service.address)

    assert result.status == 1
    assert "its certificate is another service's" in result.error


async def test_the_addresses_of_the_local_stack_are_found(keva: Any) -> None:
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()
    stack = {"ticket_service": keva.ticket_service.address, "demo": None}
    (keva.folder / ".keva").mkdir()
    (keva.folder / ".keva" / "stack.json").write_text(json.dumps(stack))
    keva.environment["KEVA_TICKET_SERVICE"] = ""

    result = await keva("channels", "list", "--json")

    assert (result.status, result.output) == (0, "[]\n")


async def test_ctrl_c_is_quiet(keva: Any) -> None:
    asked = asyncio.Event()

    async def never(_: Any) -> Any:
        asked.set()
        await asyncio.Event().wait()

    keva.ticket_service.answers["ListTickets"] = never
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "tickets", "list"),
        cwd=keva.folder,
        env=keva.whole_environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    await asked.wait()
    process.send_signal(signal.SIGINT)

    assert await process.communicate() == (b"", b"")
    assert process.returncode == 130


async def test_a_reader_that_has_seen_enough_is_no_error(keva: Any) -> None:
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "channels", "list", "--json"),
        cwd=keva.folder,
        env=keva.whole_environment(),
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)

    assert (await process.communicate())[1] == b""


async def test_a_terminal_without_unicode_gets_the_same_json(keva: Any) -> None:
    channel = channel_service_pb2.Channel(display_name="Grüße 👋")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])
    keva.environment["PYTHONIOENCODING"] = "latin-1"

    as_json = await keva("channels", "list", "--json")
    assert json.loads(as_json.output)[0]["display_name"] == "Grüße 👋"

    keva.environment["PYTHONIOENCODING"] = "ascii"
    assert "Gr\\xfc\\xdfe" in (await keva("channels", "list")).output


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("up",), id="up"),
        pytest.param(("sim", "text", "--from", "+15551234567", "--to", "+15550001111", "hi"), id="sim text"),
    ],
)
async def test_without_the_development_tools_it_says_where_they_are(keva: Any, arguments: tuple[str, ...]) -> None:
    # The working folder comes first on the path of `python -m`.
    (keva.folder / "dev").mkdir()
    (keva.folder / "dev" / "__init__.py").touch()

    result = await keva(*arguments)

    assert result.status == 1
    assert "Keva's repository" in result.error


async def test_up_runs_the_local_stack_with_its_options(keva: Any) -> None:
    stack = keva.folder / "dev" / "local_stack"
    stack.mkdir(parents=True)
    for package in (stack.parent, stack):
        (package / "__init__.py").touch()
    (stack / "__main__.py").write_text("def main(argv):\n    print(argv)\n    return 7\n")

    result = await keva("up", "--demo", "--once")

    assert (result.status, result.output) == (7, "['--demo', '--once']\n")


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

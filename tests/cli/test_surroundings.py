"""What does not depend on a command: services that cannot be reached, Ctrl-C, missing tools."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import pytest

from dev.local_stack.ports import free_port
from keva.ticket.v1 import channel_service_pb2


@pytest.fixture
def unforked(keva: Any) -> Any:
    """For what a new interpreter finds out when it starts."""
    keva.starts_python = True
    return keva


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


async def test_a_terminal_without_unicode_gets_the_same_json(unforked: Any) -> None:
    channel = channel_service_pb2.Channel(display_name="Grüße 👋")
    unforked.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])
    unforked.environment["PYTHONIOENCODING"] = "latin-1"

    as_json = await unforked("channels", "list", "--json")
    assert json.loads(as_json.output)[0]["display_name"] == "Grüße 👋"

    unforked.environment["PYTHONIOENCODING"] = "ascii"
    assert "Gr\\xfc\\xdfe" in (await unforked("channels", "list")).output


@pytest.mark.parametrize("arguments", [("tickets", "list"), ("doctor",), ("up",), ("audit", "--help")], ids=" ".join)
async def test_a_setup_that_was_interrupted_is_named(unforked: Any, arguments: tuple[str, ...]) -> None:
    # The working folder comes first on the path of `python -m`: nothing was generated into this one.
    (unforked.folder / "keva").mkdir()
    (unforked.folder / "keva" / "__init__.py").touch()

    result = await unforked(*arguments)

    assert result.status == 1
    assert "setup was not finished" in result.error
    assert "make setup" in result.error
    assert len(result.error.splitlines()) <= 2


@pytest.mark.parametrize("arguments", [("tickets", "list"), ("doctor",), ("doctor", "--json")], ids=" ".join)
async def test_where_no_keva_runs_the_folder_is_named(keva: Any, arguments: tuple[str, ...]) -> None:
    keva.environment["KEVA_TLS_DIR"] = ""

    result = await keva(*arguments)

    assert result.status == 4
    assert "No Keva runs in this folder" in result.error
    assert "keva up" in result.error


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("up",), id="up"),
        pytest.param(("sim", "text", "--from", "+15551234567", "--to", "+15550001111", "hi"), id="sim text"),
    ],
)
async def test_without_the_development_tools_it_says_where_they_are(unforked: Any, arguments: tuple[str, ...]) -> None:
    # The working folder comes first on the path of `python -m`.
    (unforked.folder / "dev").mkdir()
    (unforked.folder / "dev" / "__init__.py").touch()

    result = await unforked(*arguments)

    assert result.status == 1
    assert "Keva's repository" in result.error

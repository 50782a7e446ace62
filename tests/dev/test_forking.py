import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from dev.local_stack.forking import ForkServer, fork_server
from dev.local_stack.processes import ChildProcess

PROGRAM = "tests.dev.forked_program"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ForkServer]:
    async with fork_server([PROGRAM]) as server:
        yield server


@pytest.fixture
def lines() -> "asyncio.Queue[str]":
    return asyncio.Queue()


async def _start(server: ForkServer, lines: "asyncio.Queue[str]", *arguments: str) -> ChildProcess:
    command = [sys.executable, "-m", PROGRAM, *arguments]
    return await server.start("program", command, {"ONLY": "this"}, lambda _, line: lines.put_nowait(line))


def _said(lines: "asyncio.Queue[str]") -> list[str]:
    return [lines.get_nowait() for _ in range(lines.qsize())]


async def test_it_gets_its_arguments_and_its_environment_alone(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    process = await _start(server, lines, "exit", "3")

    assert await process.exited == 3
    assert _said(lines) == ["arguments ['exit', '3']", "environment ['ONLY']"]


async def test_an_exception_is_told_as_python_tells_it(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    process = await _start(server, lines, "raise")

    assert await process.exited == 1
    assert _said(lines)[-1] == "ValueError: what nobody expected"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
async def test_a_signal_reaches_it_and_its_end_is_told(
    server: ForkServer, lines: "asyncio.Queue[str]", signum: signal.Signals
) -> None:
    process = await _start(server, lines, "wait")
    while "up" not in await lines.get():
        pass

    if signum is signal.SIGKILL:
        process.kill()
    else:
        await process.stop()

    assert await process.exited == -signum


async def test_a_paused_one_is_ended_gracefully(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    process = await _start(server, lines, "wait")
    while "up" not in await lines.get():
        pass
    process.pause()

    assert await process.stop() == -signal.SIGTERM


async def test_many_at_once_have_ends_of_their_own(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    processes = await asyncio.gather(*(_start(server, lines, "exit", str(status)) for status in range(20)))

    assert [await process.exited for process in processes] == [*range(20)]


async def test_another_program_is_started_as_usual(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    command = [sys.executable, "-c", "print('as usual')"]
    process = await server.start("program", command, os.environ, lambda _, line: lines.put_nowait(line))

    assert await process.exited == 0
    assert _said(lines) == ["as usual"]


async def test_programs_do_not_outlive_the_server(lines: "asyncio.Queue[str]") -> None:
    async with fork_server([PROGRAM]) as server:
        process = await _start(server, lines, "wait")
        while "up" not in await lines.get():
            pass
        ended = os.pidfd_open(process.pid)

    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(ended, gone.set)
    await gone.wait()
    asyncio.get_running_loop().remove_reader(ended)
    os.close(ended)
    process.exited.cancel()

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from dev.forking.client import ForkServer, connected, fork_process
from dev.local_stack.processes import ChildProcess

PROGRAM = "tests.dev.forked_program"


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with fork_process([PROGRAM]) as path:
        yield path


@pytest.fixture(scope="module")
async def server(path: Path) -> AsyncIterator[ForkServer]:
    async with connected(path, [PROGRAM]) as server:
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


async def test_it_ends_as_any_program_does(server: ForkServer, lines: "asyncio.Queue[str]") -> None:
    process = await _start(server, lines, "leave work")

    assert await process.exited == 0
    assert _said(lines)[-2:] == ["in a thread", "at exit"]


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


async def _gone(pid: int) -> None:
    """Once that process has ended."""
    gone, end = asyncio.Event(), os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(end, gone.set)
    await gone.wait()
    asyncio.get_running_loop().remove_reader(end)
    os.close(end)


async def test_a_process_that_cannot_import_its_modules_keeps_nobody_waiting(lines: "asyncio.Queue[str]") -> None:
    module = "tests.dev.no_such_program"
    with fork_process([module]) as path:
        async with connected(path, [module]) as server:
            starting = server.start(
                "a program", [sys.executable, "-m", module], {}, lambda _, line: lines.put_nowait(line)
            )
            with pytest.raises((ChildProcessError, ConnectionError)):
                await asyncio.wait_for(starting, 90)


async def test_programs_do_not_outlive_the_server(lines: "asyncio.Queue[str]") -> None:
    async with AsyncExitStack() as connections:
        with fork_process([PROGRAM]) as path:
            server = await connections.enter_async_context(connected(path, [PROGRAM]))
            process = await _start(server, lines, "wait")
            while "up" not in await lines.get():
                pass
            ended = asyncio.create_task(_gone(process.pid))
            await asyncio.sleep(0)

        await ended
        process.exited.cancel()


async def test_programs_do_not_outlive_the_connection_and_others_do(
    server: ForkServer, path: Path, lines: "asyncio.Queue[str]"
) -> None:
    async with connected(path, [PROGRAM]) as another:
        process = await _start(another, lines, "wait")
        while "up" not in await lines.get():
            pass
        ended = asyncio.create_task(_gone(process.pid))
        await asyncio.sleep(0)

    await ended
    process.exited.cancel()
    assert await (await _start(server, lines, "exit", "3")).exited == 3


async def _python(path: Path, *arguments: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "dev.forking.python", str(path), *arguments]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)


async def test_code_has_the_streams_of_who_asked_for_it(path: Path) -> None:
    code = "import sys; print(sys.stdin.readline().upper()); print('oh', file=sys.stderr); sys.exit(4)"
    process = await _python(path, "-u", "-c", code)

    output, error = await process.communicate(b"so\n")

    assert (process.returncode, output, error) == (4, b"SO\n\n", b"oh\n")


async def test_code_ends_with_who_asked_for_it(path: Path) -> None:
    process = await _python(path, "-c", "import os, signal; print(os.getpid(), flush=True); signal.pause()")
    assert process.stdout is not None
    ended = asyncio.create_task(_gone(int(await process.stdout.readline())))
    await asyncio.sleep(0)

    process.kill()

    await ended
    await process.communicate()

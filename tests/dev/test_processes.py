import asyncio
import os
import signal
import sys

import pytest

from dev.local_stack.processes import ChildProcess

_SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEPER}"


async def _start(code: str, lines: "asyncio.Queue[str]") -> ChildProcess:
    return await ChildProcess.start(
        "child", [sys.executable, "-c", code], os.environ, lambda _, line: lines.put_nowait(line)
    )


async def test_output_is_passed_on_line_by_line_before_the_end_is_told() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()

    process = await _start("import sys; print('one'); print('zwölf', file=sys.stderr); sys.exit(3)", lines)

    assert await process.exited == 3
    assert sorted([lines.get_nowait(), lines.get_nowait()]) == ["one", "zwölf"]


async def test_a_huge_line_is_left_out_and_the_next_one_passed_on() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()

    process = await _start("print('x' * 3_000_000); print('after')", lines)

    assert await process.exited == 0
    passed_on = [lines.get_nowait() for _ in range(lines.qsize())]
    assert passed_on[-1] == "after"
    assert "(a line of more than 1 MiB is left out)" in passed_on


async def test_a_missing_program_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        await ChildProcess.start("child", ["no-such-program"], os.environ)


async def test_stop_kills_what_ignores_sigterm_and_can_be_repeated() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    process = await _start(_STUBBORN, lines)
    assert await lines.get() == "up"

    assert await process.stop(seconds=0.1) == -signal.SIGKILL
    assert await process.stop(seconds=0.1) == -signal.SIGKILL


async def test_stop_ends_a_paused_process_gracefully() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    process = await _start(_SLEEPER, lines)
    await lines.get()
    process.pause()

    assert await process.stop() == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_a_child_does_not_outlive_a_parent_that_is_killed() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    parent = await _start(
        "import asyncio, os, sys\n"
        "from dev.local_stack.processes import ChildProcess\n"
        "async def main():\n"
        f"    child = await ChildProcess.start('c', [sys.executable, '-c', {_STUBBORN!r}], os.environ)\n"
        "    print('pid', child.pid, flush=True)\n"
        "    await child.exited\n"
        "asyncio.run(main())\n",
        lines,
    )
    said = {await lines.get(), await lines.get()}
    pid = int(next(line for line in said if line.startswith("pid")).split()[1])
    ended = os.pidfd_open(pid)

    # Only the parent, not its group: the child is in a session of its own anyway.
    os.kill(parent.pid, signal.SIGKILL)

    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(ended, gone.set)
    await gone.wait()
    asyncio.get_running_loop().remove_reader(ended)
    os.close(ended)
    await parent.exited

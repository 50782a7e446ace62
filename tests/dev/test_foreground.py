"""Ctrl-C and SIGTERM, sent to a real process that supervises real children."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dev.local_stack.foreground import INTERRUPTED
from dev.local_stack.processes import ChildProcess

_RUNNER = '''
import asyncio, os, sys
from pathlib import Path
from dev.local_stack.foreground import run_until_interrupted
from dev.local_stack.supervisor import Program, Supervisor

CHILD = """
import signal, sys, time
stubborn = sys.argv[2] == "stubborn"
signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else lambda *_: sys.exit(0))
open(sys.argv[1], "w").close()
time.sleep(600)
"""

async def work(supervisor, folder, kind):
    try:
        for name in ("first", "second"):
            async def ready(up=Path(folder, name)):
                while not up.exists():
                    await asyncio.sleep(0.01)
            command = [sys.executable, "-c", CHILD, str(Path(folder, name)), kind]
            await supervisor.start(Program(name, command, os.environ, ready))
            print("pid", supervisor.process(name).pid, flush=True)
        print("serving", flush=True)
        await supervisor.death
        return 1
    finally:
        print("ending", flush=True)
        await supervisor.stop_all()
        print("ended", flush=True)

async def main():
    supervisor = Supervisor()
    return await run_until_interrupted(work(supervisor, *sys.argv[1:]), supervisor.kill_all)

sys.exit(asyncio.run(main()))
'''


class Runner:
    """A running _RUNNER and what it has said."""

    def __init__(self, process: ChildProcess, lines: "asyncio.Queue[str]") -> None:
        self.process = process
        self._lines = lines
        self.pids: list[int] = []

    async def until(self, expected: str) -> None:
        self.process.exited.add_done_callback(lambda _: self._lines.put_nowait("(ended)"))
        while (line := await self._lines.get()) != expected:
            assert line != "(ended)"
            if line.startswith("pid"):
                self.pids.append(int(line.split()[1]))

    def signal(self, signum: signal.Signals) -> None:
        os.kill(self.process.pid, signum)

    def left_running(self) -> list[int]:
        return [pid for pid in self.pids if Path(f"/proc/{pid}").exists()]


Start = Callable[[str], Coroutine[Any, Any, Runner]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[Runner] = []

    async def start(kind: str) -> Runner:
        lines: asyncio.Queue[str] = asyncio.Queue()
        command = [sys.executable, "-c", _RUNNER, str(tmp_path), kind]
        process = await ChildProcess.start("runner", command, os.environ, lambda _, line: lines.put_nowait(line))
        started.append(Runner(process, lines))
        return started[-1]

    yield start
    for runner in started:
        await runner.process.stop()


@pytest.mark.parametrize(
    "signum", [pytest.param(signal.SIGINT, id="ctrl-c"), pytest.param(signal.SIGTERM, id="sigterm")]
)
async def test_a_signal_ends_everything(start: Start, signum: signal.Signals) -> None:
    runner = await start("obedient")
    await runner.until("serving")

    runner.signal(signum)

    await runner.until("ended")
    assert await runner.process.exited == INTERRUPTED
    assert len(runner.pids) == 2
    assert runner.left_running() == []


async def test_a_second_signal_kills_what_does_not_end(start: Start) -> None:
    runner = await start("stubborn")
    await runner.until("serving")
    runner.signal(signal.SIGINT)
    await runner.until("ending")

    runner.signal(signal.SIGINT)

    await runner.until("ended")
    assert await runner.process.exited == INTERRUPTED
    assert runner.left_running() == []


async def test_a_child_that_dies_ends_everything(start: Start) -> None:
    runner = await start("obedient")
    await runner.until("serving")

    os.kill(runner.pids[1], signal.SIGKILL)

    await runner.until("ended")
    assert await runner.process.exited == 1
    assert runner.left_running() == []

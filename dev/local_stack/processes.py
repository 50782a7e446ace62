"""Child processes whose output is passed through line by line, and which never outlive their parent."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

Sink = Callable[[str, str], None]

# Linux kills the child when its parent dies, however that happens. Asked for by the child itself, before it becomes the
# program: code between fork and exec (preexec_fn) can hang in a parent that has threads, as gRPC and pymongo do.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def print_prefixed(name: str, line: str) -> None:
    """The usual sink: `name | line` on standard output."""
    print(f"{name:<20} | {line}", flush=True)


def _tied_to_this_process(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    program = shutil.which(command[0], path=environment.get("PATH", os.defpath))
    if program is None:
        raise FileNotFoundError(f"there is no program {command[0]}")
    direct = [program, *command[1:]]
    if sys.platform != "linux":
        return direct
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *direct]


class Process(Protocol):
    """What is needed of a process: asyncio.subprocess.Process has it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        ...

    @property
    def stdout(self) -> asyncio.StreamReader | None: ...

    def terminate(self) -> None:
        """SIGTERM."""
        ...

    async def wait(self) -> int:
        """The exit status, once it has ended."""
        ...


class ChildProcess:
    """One running program. Start it with `start`; `exited` is done when it has ended and its output is read."""

    def __init__(self, name: str, process: Process, sink: Sink) -> None:
        self.name = name
        self._process = process
        self._sink = sink
        self.exited: asyncio.Task[int] = asyncio.create_task(self._pass_output_through())

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], environment: Mapping[str, str], sink: Sink = print_prefixed
    ) -> "ChildProcess":
        """Starts `command` in a session of its own, so that Ctrl-C reaches only the parent, which then ends all
        children in order. Raises OSError when there is no such program."""
        process = await asyncio.create_subprocess_exec(
            *_tied_to_this_process(command, environment),
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1024 * 1024,
            start_new_session=True,
        )
        return cls(name, process, sink)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a crash would be; what it has started goes with it."""
        self._signal_group(signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP: it is there, and answers nothing."""
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT, after `pause`."""
        self._signal_group(signal.SIGCONT)

    async def stop(self, seconds: float = 15) -> int:
        """SIGTERM, then SIGKILL after `seconds`. Returns the exit status; stopping twice is not an error."""
        if self._process.returncode is None:
            self._process.terminate()
            # A paused process would not see the SIGTERM.
            self.resume()
        try:
            return await asyncio.wait_for(asyncio.shield(self.exited), seconds)
        except TimeoutError:
            self.kill()
            return await self.exited

    def _signal_group(self, signum: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    async def _pass_output_through(self) -> int:
        output = self._process.stdout
        assert output is not None
        while True:
            try:
                line = await output.readline()
            except ValueError:
                self._sink(self.name, "(a line of more than 1 MiB is left out)")
                continue
            if not line:
                return await self._process.wait()
            self._sink(self.name, line.decode(errors="replace").rstrip("\n"))


# What ChildProcess.start is: name, command, environment, sink.
Launch = Callable[[str, Sequence[str], Mapping[str, str], Sink], Awaitable[ChildProcess]]

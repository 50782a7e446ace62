"""Child processes whose output is passed through line by line, and which never outlive their parent."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

Sink = Callable[[str, str], None]

_PR_SET_PDEATHSIG = 1


def print_prefixed(name: str, line: str) -> None:
    """The usual sink: `name | line` on standard output."""
    print(f"{name:<20} | {line}", flush=True)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class ChildProcess:
    """One running program. Start it with `start`; `exited` is done when it has ended and its output is read."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, sink: Sink) -> None:
        self.name = name
        self._process = process
        self._sink = sink
        self.exited: asyncio.Task[int] = asyncio.create_task(self._pass_output_through())

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], environment: Mapping[str, str], sink: Sink = print_prefixed
    ) -> "ChildProcess":
        """Starts `command` in a process group of its own, so that Ctrl-C reaches only the parent, which then ends all
        children in order. Raises OSError when there is no such program."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1024 * 1024,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        return cls(name, process, sink)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a crash would be."""
        if self._process.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    async def stop(self, seconds: float = 15) -> int:
        """SIGTERM, then SIGKILL after `seconds`. Returns the exit status; stopping twice is no error."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            return await asyncio.wait_for(asyncio.shield(self.exited), seconds)
        except TimeoutError:
            self.kill()
            return await self.exited

    async def _pass_output_through(self) -> int:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self._sink(self.name, line.decode(errors="replace").rstrip("\n"))
        return await self._process.wait()

"""Starts programs in order, waits until each is ready, notices which one dies, and ends all in reverse order."""

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dev.local_stack.processes import ChildProcess, Launch, Sink, print_prefixed

Result = TypeVar("Result")

_KEPT_LINES = 25


class StackError(Exception):
    """Something that should run does not. `summary` says what; the whole message ends with the process's newest log
    lines. Both are meant to be read."""

    def __init__(self, summary: str, name: str = "", log: Sequence[str] = ()) -> None:
        lines = "".join(f"\n  {line}" for line in log)
        super().__init__(f"{summary}; the end of its log:{lines}" if log else summary)
        self.summary = summary
        self.name = name
        self.log = log


@dataclass(frozen=True)
class Program:
    """What is started: `ready` returns once it can be used, and may poll for ever until then."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], Coroutine[Any, Any, None]]
    ready_seconds: float = 60
    stop_seconds: float = 15
    # Where it logs to when that is not its standard output.
    log_file: Path | None = None


@dataclass(frozen=True)
class Death:
    """A process that ended though nobody asked it to. `status` as a parent sees it: negative is a signal."""

    name: str
    status: int

    def __str__(self) -> str:
        if self.status < 0:
            return f"{self.name} was killed by {signal.Signals(-self.status).name}"
        return f"{self.name} ended with exit status {self.status}"


class Progress(Protocol):
    """Who is told how starting and stopping goes."""

    def starting(self, name: str) -> None:
        """`name` is being started."""

    def ready(self, name: str, seconds: float) -> None:
        """`name` can be used, `seconds` after it was started."""

    def stopping(self, names: Sequence[str]) -> None:
        """`names` are being ended, in this order."""

    def stopped(self, seconds: float) -> None:
        """All have ended."""


class NoProgress:
    """Tells nobody."""

    def starting(self, name: str) -> None: ...

    def ready(self, name: str, seconds: float) -> None: ...

    def stopping(self, names: Sequence[str]) -> None: ...

    def stopped(self, seconds: float) -> None: ...


class Supervisor:
    """A set of running programs. `death` is done when one of them has ended by itself; not after `kill` or `stop`."""

    def __init__(
        self, sink: Sink = print_prefixed, progress: Progress | None = None, launch: Launch = ChildProcess.start
    ) -> None:
        self._sink = sink
        self._launch = launch
        self._progress = progress or NoProgress()
        self._programs: dict[str, Program] = {}
        self._running: dict[str, ChildProcess] = {}
        self._last_lines: dict[str, deque[str]] = {}
        self._ended_on_purpose: set[ChildProcess] = set()
        self.death: asyncio.Future[Death] = asyncio.get_running_loop().create_future()

    @property
    def names(self) -> list[str]:
        """The names of all programs, in the order of starting."""
        return list(self._programs)

    def process(self, name: str) -> ChildProcess:
        """The newest process of that name. Raises KeyError with the names that there are."""
        if name not in self._running:
            raise KeyError(f"there is no process {name!r}, only {', '.join(self._running)}")
        return self._running[name]

    def program(self, name: str) -> Program:
        """What the newest process of that name was started as. Raises KeyError."""
        return self._programs[name]

    async def start(self, program: Program) -> None:
        """Starts it and waits until it is ready. Raises StackError if it, or any other, dies before that, or if it is
        not ready in time."""
        self._progress.starting(program.name)
        started = time.monotonic()
        self._programs[program.name] = program
        process = await self._spawn(program)
        self._running[program.name] = process
        process.exited.add_done_callback(lambda _: self._note_end(process))
        await self._until_ready(program)
        self._progress.ready(program.name, time.monotonic() - started)

    async def stop(self, name: str) -> int:
        """Ends one as an operator would, with SIGTERM; it stays away until `restart`. Returns its exit status."""
        process = self.process(name)
        self._ended_on_purpose.add(process)
        return await process.stop(self._programs[name].stop_seconds)

    async def kill(self, name: str) -> None:
        """SIGKILL, and waits until it is gone; it stays away until `restart`."""
        process = self.process(name)
        self._ended_on_purpose.add(process)
        process.kill()
        await process.exited

    async def restart(self, name: str) -> None:
        """Ends it, unless it is gone already, and starts it again on the same address. Raises StackError as `start`."""
        await self.stop(name)
        await self.start(self._programs[name])

    def pause(self, name: str) -> None:
        """Freezes it, as a machine that hangs: its connections stay, and nothing is answered."""
        self.process(name).pause()

    def resume(self, name: str) -> None:
        """Ends `pause`."""
        self.process(name).resume()

    def kill_all(self) -> None:
        """SIGKILL to all, at once."""
        self._ended_on_purpose.update(self._running.values())
        for process in self._running.values():
            process.kill()

    async def stop_all(self) -> None:
        """Ends all, in reverse order, each within its `stop_seconds`. Doing it twice is not an error."""
        names = [name for name in reversed(self._running) if not self._running[name].exited.done()]
        if not names:
            return
        self._progress.stopping(names)
        started = time.monotonic()
        for name in names:
            await self.stop(name)
        self._progress.stopped(time.monotonic() - started)

    def last_lines(self, name: str) -> list[str]:
        """The end of its log."""
        program = self._programs[name]
        if program.log_file is not None and program.log_file.exists():
            return program.log_file.read_text(errors="replace").splitlines()[-_KEPT_LINES:]
        return list(self._last_lines.get(name, ()))

    async def _spawn(self, program: Program) -> ChildProcess:
        lines = self._last_lines.setdefault(program.name, deque(maxlen=_KEPT_LINES))

        def keep_and_pass_on(name: str, line: str) -> None:
            lines.append(line)
            self._sink(name, line)

        try:
            return await self._launch(program.name, program.command, program.environment, keep_and_pass_on)
        except OSError as error:
            raise StackError(f"{program.name} cannot be started: {error}") from error

    def _note_end(self, process: ChildProcess) -> None:
        if process not in self._ended_on_purpose and not self.death.done() and not process.exited.cancelled():
            self.death.set_result(Death(process.name, process.exited.result()))

    async def unless_death(self, work: Coroutine[Any, Any, Result], seconds: float | None = None) -> Result:
        """The result of `work`. Raises StackError, and cancels `work`, as soon as a process dies by itself, and
        TimeoutError after `seconds`."""
        task = asyncio.create_task(work)
        either: set[asyncio.Future[Any]] = {task, self.death}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if self.death.done():
                raise self.error_of_death()
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _until_ready(self, program: Program) -> None:
        try:
            await self.unless_death(program.ready(), program.ready_seconds)
        except TimeoutError:
            late = f"{program.name} was not ready after {program.ready_seconds:g} s"
            raise StackError(late, program.name, self.last_lines(program.name)) from None

    def error_of_death(self) -> StackError:
        """Who died, how, and the end of its log. Only after `death` is done."""
        death = self.death.result()
        return StackError(str(death), death.name, self.last_lines(death.name))

"""Starts programs by asking a process that has imported their modules (dev/forking/process.py)."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess  # nosec B404
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.forking import requests
from dev.local_stack.processes import ChildProcess, Sink, print_prefixed


class ForkServer:
    """Starts programs of the form `python [-u] -m MODULE ARGUMENTS…`; any other one is started as usual."""

    def __init__(self, modules: Sequence[str], connection: socket.socket) -> None:
        self._modules = frozenset(modules)
        self._connection = connection
        self._numbers = itertools.count()
        self._pids: dict[int, asyncio.Future[int]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        asyncio.get_running_loop().add_reader(connection, self._read)

    async def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], sink: Sink = print_prefixed
    ) -> ChildProcess:
        """What ChildProcess.start does."""
        arguments = requests.without_options(command)
        if command[0] != sys.executable or arguments[0] != "-m" or arguments[1] not in self._modules:
            return await ChildProcess.start(name, command, environment, sink)
        reading, writing = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        pid, ended = await self._fork(arguments, environment, [nothing, writing, writing])
        os.close(nothing)
        os.close(writing)
        return ChildProcess(name, _ForkedProcess(pid, await _reader(reading), ended), sink)

    async def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int], folder: Path
    ) -> int:
        """Runs `python ARGUMENTS`, of the form `-m MODULE …`, in `folder` to its end: the exit status. `streams` are
        the descriptors of its standard ones."""
        _, ended = await self._fork(arguments, environment, streams, folder)
        return await ended

    async def _fork(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: Sequence[int],
        folder: Path | None = None,
    ) -> tuple[int, asyncio.Future[int]]:
        number = next(self._numbers)
        forked = self._pids[number] = asyncio.get_running_loop().create_future()
        ended = self._ends[number] = asyncio.get_running_loop().create_future()
        requests.ask(self._connection, number, arguments, environment, streams, folder)
        return await forked, ended

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            with contextlib.suppress(ConnectionError):
                while answer := requests.receive(self._connection):
                    kind, number, value = answer
                    futures = self._pids if kind == "forked" else self._ends
                    futures.pop(number).set_result(value)
            asyncio.get_running_loop().remove_reader(self._connection)
            self._give_up()

    def _give_up(self) -> None:
        """The other process has ended, as when one of its modules cannot be imported."""
        ended = ChildProcessError("the process that has the modules has ended; what it printed says why")
        for number, forked in self._pids.items():
            self._ends.pop(number)
            forked.set_exception(ended)
        self._pids.clear()


class _ForkedProcess:
    """The part of asyncio.subprocess.Process that ChildProcess uses."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, ended: asyncio.Future[int]) -> None:
        self.pid = pid
        self.stdout = stdout
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    def terminate(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    async def wait(self) -> int:
        return await self._ended


@contextlib.contextmanager
def fork_process(modules: Sequence[str], environment: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """A process with `modules`, as long as the context, and where it listens: at once, also before it has imported
    them. Its programs do not outlive it."""
    with TemporaryDirectory(prefix="keva-forking-") as folder, requests.new_socket() as listener:
        path = Path(folder, "socket")
        listener.bind(str(path))
        listener.listen()
        with subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "dev.forking.process", *modules],
            env={**environment, "KEVA_FORKING_SOCKET": str(listener.fileno())},
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
        ):
            # Nobody is to wait for an answer there when that process has ended.
            listener.close()
            yield path


@contextlib.asynccontextmanager
async def connected(path: Path, modules: Sequence[str]) -> AsyncIterator[ForkServer]:
    """What starts programs from the process that listens there and has `modules`. They end with the context."""
    connection = requests.connect(path)
    connection.setblocking(False)
    try:
        yield ForkServer(modules, connection)
    finally:
        asyncio.get_running_loop().remove_reader(connection)
        connection.close()


class _UntilItsEnd(asyncio.StreamReaderProtocol):
    def eof_received(self) -> bool:
        """Nothing is kept open, on any event loop: there is nobody to write to."""
        super().eof_received()
        return False


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1024 * 1024)
    protocol = _UntilItsEnd(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb"))
    return reader

"""Python programs forked from a process that has imported their modules: for whoever starts many, as tests do.

`python -m dev.local_stack.forking MODULE…` is that process. It ends with its parent, and its programs with it.
"""

import asyncio
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import itertools
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from dev.local_stack.processes import ChildProcess, Sink, print_prefixed

_MOST_BYTES = 1024 * 1024
_PARENT_DEATH_SIGNAL = 1
Job = Callable[[], None]


class ForkServer:
    """Starts programs of the form `python [-u] -m MODULE ARGUMENTS…`; any other one is started as usual."""

    def __init__(self, modules: Sequence[str], requests: socket.socket) -> None:
        self._modules = frozenset(modules)
        self._requests = requests
        self._numbers = itertools.count()
        self._pids: dict[int, asyncio.Future[int]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        asyncio.get_running_loop().add_reader(requests, self._read)

    async def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], sink: Sink = print_prefixed
    ) -> ChildProcess:
        """What ChildProcess.start does."""
        arguments = _module_and_arguments(command)
        if not arguments or arguments[0] not in self._modules:
            return await ChildProcess.start(name, command, environment, sink)
        number = next(self._numbers)
        reading, writing = os.pipe()
        forked = self._pids[number] = asyncio.get_running_loop().create_future()
        ended = self._ends[number] = asyncio.get_running_loop().create_future()
        request = json.dumps([number, arguments, dict(environment)]).encode()
        socket.send_fds(self._requests, [request], [writing])
        os.close(writing)
        return ChildProcess(name, _ForkedProcess(await forked, await _reader(reading), ended), sink)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while line := self._requests.recv(_MOST_BYTES):
                kind, number, value = json.loads(line)
                futures = self._pids if kind == "forked" else self._ends
                futures.pop(number).set_result(value)
            asyncio.get_running_loop().remove_reader(self._requests)


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


@contextlib.asynccontextmanager
async def fork_server(modules: Sequence[str]) -> AsyncIterator[ForkServer]:
    """A server with `modules`, as long as the context. Its programs do not outlive it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST_BYTES)
    ours.setblocking(False)
    environment = {**os.environ, "KEVA_FORKING_SOCKET": str(theirs.fileno())}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dev.local_stack.forking", *modules), env=environment, pass_fds=[theirs.fileno()]
    )
    theirs.close()
    server = ForkServer(modules, ours)
    try:
        yield server
    finally:
        asyncio.get_running_loop().remove_reader(ours)
        ours.close()
        await process.wait()


def _module_and_arguments(command: Sequence[str]) -> list[str]:
    """`python -u -m MODULE a b` as MODULE, a, b; empty for any other program."""
    if not command or command[0] != sys.executable:
        return []
    rest = [*command[1:]]
    if rest[:1] == ["-u"]:
        rest.pop(0)
    return rest[1:] if rest[:1] == ["-m"] else []


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1024 * 1024)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb"))
    return reader


class _Forker:
    """The process's own work: one fork per request, one line per end."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ, None)

    def serve(self) -> Job | None:
        """Until nobody asks any more: None. In a forked process: what it is to do."""
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._ended(key.fd, *key.data)
                elif (job := self._asked()) is not None:
                    return job or None

    def close(self) -> None:
        """Lets go of the requests, and of the processes that are watched."""
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                os.close(key.fd)
        self._selector.close()
        self._requests.close()

    def _asked(self) -> Any:
        """None to go on, False at the end, a job in the forked process."""
        request, descriptors, _, _ = socket.recv_fds(self._requests, _MOST_BYTES, 1)
        if not request:
            return False
        number, arguments, environment = json.loads(request)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            return lambda: _become(parent, descriptors[0], arguments, environment)
        os.close(descriptors[0])
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (number, pid))
        self._requests.send(json.dumps(["forked", number, pid]).encode())
        return None

    def _ended(self, descriptor: int, number: int, pid: int) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            self._requests.send(json.dumps(["ended", number, os.waitstatus_to_exitcode(status)]).encode())


def _become(parent: int, output: int, arguments: list[str], environment: dict[str, str]) -> None:
    """Makes this process what `python -m` would have made of a new one, and runs the module."""
    os.setsid()
    _end_with_parent(parent)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    for number in (1, 2):
        stream = open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        stream.reconfigure(line_buffering=True)
        setattr(sys, ("stdout", "stderr")[number - 1], stream)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [arguments[0], *arguments[1:]]
    # Run again, as __main__, it must not be there already: runpy warns of that.
    for module in (arguments[0], f"{arguments[0]}.__main__"):
        if not hasattr(sys.modules.get(module), "__path__"):
            sys.modules.pop(module, None)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _is_package(module: str) -> bool:
    found = importlib.util.find_spec(module)
    return found is not None and found.submodule_search_locations is not None


def main() -> None:
    """The process."""
    _end_with_parent(os.getppid())
    for module in sys.argv[1:]:
        importlib.import_module(f"{module}.__main__" if _is_package(module) else module)
    # What was imported stays, and stays shared: a collection would touch, and so copy, every page of it.
    gc.collect()
    gc.freeze()
    # Nobody's key presses: whoever started the tests ends them, and they end this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = socket.socket(fileno=int(os.environ.pop("KEVA_FORKING_SOCKET")))
    forker = _Forker(requests)
    job = forker.serve()
    forker.close()
    if job is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        job()


if __name__ == "__main__":
    main()

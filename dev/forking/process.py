"""`python -m dev.forking.process MODULE…`: imports these modules, then forks what it is asked for.

It listens on the socket whose descriptor is KEVA_FORKING_SOCKET. Programs end with the connection over which they were
asked for, and all of them, and this process, when its standard input ends.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dev.forking.requests import MOST_BYTES

_PARENT_DEATH_SIGNAL = 1
Job = Callable[[], None]


@dataclass(frozen=True)
class _Program:
    """A forked process: who asked for it, under which number."""

    connection: socket.socket
    number: int
    pid: int
    end: int


class _Forked:
    """A forked process, and how it ends: as Python does, with its threads, exit handlers and output, but without taking
    all objects apart; that would touch, and so copy, every page that is shared."""

    def __init__(self) -> None:
        self._status: int | None = None
        # Before any other, and so called after all others.
        atexit.register(self._leave)

    def do(self, job: Job) -> None:
        try:
            job()
        except SystemExit as exit_:
            # Anything else is a message.
            self._status = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
            raise
        except BaseException:
            self._status = 1
            raise
        self._status = 0

    def _leave(self) -> None:
        if self._status is not None:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            os._exit(self._status & 0xFF)


_forked = _Forked()


class _Forker:
    """The process's own work: one fork per request, one line per end."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._programs: list[_Program] = []
        self._connections: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._connected)
        self._selector.register(0, selectors.EVENT_READ, lambda: False)

    def serve(self) -> Job | None:
        """Until nobody may ask any more: None. In a forked process: what it is to do."""
        while True:
            for key, _ in self._selector.select():
                # A program of a connection that has just ended may be in the same list.
                if key.fd in self._selector.get_map() and (job := key.data()) is not None:
                    return job or None

    def close(self) -> None:
        """Lets go of who asks, and of the processes that are watched."""
        self._selector.close()
        for program in self._programs:
            os.close(program.end)
        for connection in (self._listener, *self._connections):
            connection.close()

    def _connected(self) -> None:
        connection, _ = self._listener.accept()
        self._connections.append(connection)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._asked(connection))

    def _asked(self, connection: socket.socket) -> Job | None:
        """In the forked process: its job."""
        request, descriptors, _, _ = socket.recv_fds(connection, MOST_BYTES, 3)
        if not request:
            self._disconnected(connection)
            return None
        number, *program = json.loads(request)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            return lambda: _become(parent, descriptors, *program)
        for descriptor in descriptors:
            os.close(descriptor)
        program = _Program(connection, number, pid, os.pidfd_open(pid))
        self._programs.append(program)
        self._selector.register(program.end, selectors.EVENT_READ, lambda: self._ended(program))
        _tell(connection, "forked", number, pid)
        return None

    def _ended(self, program: _Program) -> None:
        self._selector.unregister(program.end)
        os.close(program.end)
        self._programs.remove(program)
        _, status = os.waitpid(program.pid, 0)
        _tell(program.connection, "ended", program.number, os.waitstatus_to_exitcode(status))

    def _disconnected(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        self._connections.remove(connection)
        connection.close()
        for program in self._programs:
            if program.connection is connection:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)


def _tell(connection: socket.socket, kind: str, number: int, value: int) -> None:
    with contextlib.suppress(OSError):
        connection.send(json.dumps([kind, number, value]).encode())


def _become(
    parent: int, descriptors: Sequence[int], arguments: list[str], environment: dict[str, str], folder: str
) -> None:
    """Makes this process what `python` would have made of a new one, and does what its arguments say."""
    os.setsid()
    _end_with_parent(parent)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for number in (1, 2):
        stream = open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        stream.reconfigure(line_buffering=True)
        setattr(sys, ("stdout", "stderr")[number - 1], stream)
    if folder:
        os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    what, value, *rest = arguments
    if what == "-c":
        sys.argv = ["-c", *rest]
        exec(value, {"__name__": "__main__"})  # noqa: S102 - what `python -c` is for  # nosec B102
    else:
        sys.argv = [value, *rest]
        _run(value)


def _run(module: str) -> None:
    # Run again, as __main__, it must not be there already: runpy warns of that.
    for name in (module, f"{module}.__main__"):
        if not hasattr(sys.modules.get(name), "__path__"):
            sys.modules.pop(name, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _is_package(module: str) -> bool:
    found = importlib.util.find_spec(module)
    return found is not None and found.submodule_search_locations is not None


def main() -> Any:
    """The process."""
    # Nobody's key presses: whoever started the tests ends them, and they end this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(fileno=int(os.environ.pop("KEVA_FORKING_SOCKET")))
    for module in sys.argv[1:]:
        importlib.import_module(f"{module}.__main__" if _is_package(module) else module)
    # What was imported stays, and stays shared: a collection would touch, and so copy, every page of it.
    gc.collect()
    gc.freeze()
    forker = _Forker(listener)
    job = forker.serve()
    forker.close()
    if job is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _forked.do(job)


if __name__ == "__main__":
    main()

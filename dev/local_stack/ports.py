"""Free ports of 127.0.0.1 that nobody takes between their being found and being listened on: they are below the range
that the kernel gives to outgoing connections, or reserved, and locked against other processes that look for some."""

import fcntl
import os
import random
import socket
import tempfile
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dev.local_stack.supervisor import StackError
from dev.process_list import PROCESSES

# Where people expect each process.
USUAL = {**{process.name: process.port for process in PROCESSES}, "twilio_simulator": 8090, "mongod": 27117}
# The same for what some processes take beside their work, as people are told of it.
_USUAL_HEALTH = {process.name: process.health_port for process in PROCESSES if process.health_port}
_USUAL_GRPC = {process.name: process.grpc_port for process in PROCESSES if process.grpc_port}
# What is reached from outside of this machine, and the variable that names another port for it.
SETTINGS = {"gateway": "KEVA_GATEWAY_PORT", "console": "KEVA_CONSOLE_PORT"}
_HIGHEST_PORT = 65_535
_LOWEST, _HIGHEST = 20_000, 32_000
_given: set[int] = set()
# Open files with locks, which end with this process at the latest. By the time so many more ports are given, what the
# first ones were for listens on them.
_MOST_LOCKS = 100
_locks: deque[int] = deque()
# Bound, and never listened on: see _reserve.
_reserved: list[socket.socket] = []
_random = random.Random(os.urandom(8))
# A forked process that went on with the same numbers would ask for the same ports.
os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(8)))


@dataclass(frozen=True)
class Moved:
    """What has another port because its `usual` one was taken: a process by its name, or what it has beside its work,
    in brackets behind that."""

    name: str
    usual: int
    port: int


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def given_ports(environment: Mapping[str, str]) -> dict[str, int]:
    """The ports that variables name, by process. Raises StackError when one is not a port, or taken."""
    given = {}
    for name, variable in SETTINGS.items():
        text = environment.get(variable, "")
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and 0 < int(text) <= _HIGHEST_PORT):
            raise StackError(f"{variable} is {text!r}, and should be a port: a number up to {_HIGHEST_PORT}.")
        if not is_free(int(text)):
            raise StackError(f"Port {text}, which {variable} names, is taken by another program: name a free one.")
        given[name] = int(text)
        _given.add(int(text))
    return given


def require_usual(moved_ports: Iterable[Moved]) -> None:
    """For a Keva that is reached from outside: what leads to a usual port finds nothing at another one. Raises
    StackError."""
    for one in moved_ports:
        if one.name in SETTINGS:
            raise StackError(
                f"Port {one.usual} is taken, perhaps by a Keva in another folder: a tunnel or proxy in front of it "
                f"would not find the {one.name}. End the other program, or set {SETTINGS[one.name]} to a free port, "
                "and lead there."
            )


def moved(
    ports: Mapping[str, int],
    given: Mapping[str, int],
    health_ports: Mapping[str, int] | None = None,
    grpc_ports: Mapping[str, int] | None = None,
) -> list[Moved]:
    """What has another port because its usual one was taken, and not because it was given."""
    usual = {name: port for name, port in USUAL.items() if name not in given}
    kinds = [("{}", usual, ports), ("{} (health)", _USUAL_HEALTH, health_ports), ("{} (gRPC)", _USUAL_GRPC, grpc_ports)]
    return [
        Moved(called.format(name), port, chosen[name])
        for called, known, chosen in kinds
        for name, port in known.items()
        if chosen and chosen.get(name, port) != port
    ]


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it is free, else any free port that no process has been given that still runs."""
    if preferred is not None and _take(preferred):
        _reserve(preferred)
        return preferred
    while True:
        port = _random.randrange(_LOWEST, _HIGHEST)
        if _take(port):
            return port


def _reserve(port: int) -> None:
    """A port that people know, such as 50051, may be among those that the kernel gives to outgoing connections: not any
    more, while a socket is bound to it. Whoever is to listen there still can, as servers set SO_REUSEADDR."""
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", port))
    _reserved.append(reserved)


def _take(port: int) -> bool:
    if port in _given:
        return False
    folder = Path(tempfile.gettempdir(), f"keva-ports-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    file = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return False
    if not is_free(port):
        os.close(file)
        return False
    _given.add(port)
    _locks.append(file)
    if len(_locks) > _MOST_LOCKS:
        os.close(_locks.popleft())
    return True

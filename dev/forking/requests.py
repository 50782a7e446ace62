"""How a program is asked for: a packet with its number, arguments and environment, and its three standard streams."""

import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_BYTES = 1024 * 1024


def connect(path: Path) -> socket.socket:
    """A connection to the process that listens there. What it is asked for ends with the connection."""
    connection = new_socket()
    connection.connect(str(path))
    return connection


def new_socket() -> socket.socket:
    """One that packets of MOST_BYTES pass through."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_BYTES)
    return made


def ask(
    connection: socket.socket,
    number: int,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    streams: Sequence[int],
    folder: Path | None = None,
) -> None:
    """Asks for `python ARGUMENTS`, of the form `-m MODULE …` or `-c CODE …`, in `folder` or where the process is. Two
    packets answer, with `number`: ["forked", number, pid], and ["ended", number, exit status], negative for a
    signal."""
    request = json.dumps([number, [*arguments], dict(environment), str(folder or "")]).encode()
    socket.send_fds(connection, [request], streams)


def receive(connection: socket.socket) -> tuple[str, int, int] | None:
    """The next answer; None when the process is gone. Raises BlockingIOError when there is none yet."""
    packet = connection.recv(MOST_BYTES)
    if not packet:
        return None
    kind, number, value = json.loads(packet)
    return kind, number, value


def without_options(command: Sequence[str]) -> list[str]:
    """What follows `python -u`: `-m MODULE …`, `-c CODE …`."""
    return [*command[2:]] if command[1:2] == ["-u"] else [*command[1:]]

"""Addresses to listen on."""

import re

_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/\s]+):(\d{1,5})\Z")


class CannotListen(OSError):
    """The port is taken, or it is not a port of this machine."""

    def __init__(self, listen: str, why: str = "is another process using the port?") -> None:
        super().__init__(f"cannot listen on {listen}: {why}")


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `host:port`, `[IPv6]:port` included. Raises ValueError when it is something else."""
    match = _HOST_AND_PORT.match(address)
    if match is None or int(match.group(2)) > 65535:
        raise ValueError("must be host:port")
    return match.group(1).strip("[]"), int(match.group(2))

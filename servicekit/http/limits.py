"""What somebody may send, and make us hold, before we know who it is. A process passes what it wants otherwise."""

from dataclasses import dataclass

from servicekit.limits import KIB, MIB


@dataclass(frozen=True)
class ConnectionLimits:
    """Of all connections of a process. Times are seconds."""

    # The head: request line and headers. Beyond: 400.
    line_bytes: int = 8 * KIB
    header_bytes: int = 8 * KIB
    headers: int = 64
    head_bytes: int = 32 * KIB
    # How long a head may take from its first byte on. Beyond: 408.
    head_seconds: float = 3.0

    # How long a connection may stay without a request: longer than load balancers keep theirs, which is usually 60 s,
    # since they must be the ones to close. Beyond: it is closed.
    idle_seconds: float = 75.0
    # How long a client may take to read its answer. Beyond: the connection is closed.
    answer_seconds: float = 10.0
    # How long the rest of a refused body is read, so that its sender sees the answer.
    lingering_seconds: float = 1.0

    # (Requests of one connection that came before the first of them was answered are held back in the network by
    # aiohttp.)
    # Connections in all, and of one source address that is not known to stand for others. Beyond: 503, and closed.
    connections: int = 12_000
    connections_per_source: int = 500
    # What was read of requests that are not answered yet: 1,000 ordinary ones are 2 MiB. Beyond: 503, and closed.
    unanswered_bytes: int = 8 * MIB
    # How much is read ahead of whoever reads a body.
    read_ahead_bytes: int = 64 * KIB

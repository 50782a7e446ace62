"""What all connections together may hold. Webhooks are shed by their number (admission.py) once their heads are read;
what comes before that, from whoever reaches the port, is bounded here."""

import contextlib
import resource

MAX_CONNECTIONS = 12_000
# Of requests that are not answered yet: 1,000 ordinary webhooks are 2 MiB.
MAX_BYTES = 16 * 1024 * 1024
# For logs, and for the connections to the services behind us.
_OTHER_FILES = 100


class Intake:
    """Counts connections, and the bytes that were read of requests which are not answered yet."""

    def __init__(self, most_connections: int = MAX_CONNECTIONS, most_bytes: int = MAX_BYTES) -> None:
        self._most_connections = most_connections
        self._most_bytes = most_bytes
        self._connections = 0
        self._bytes = 0

    def connect(self) -> bool:
        """Counts one more connection. False: there are too many."""
        self._connections += 1
        return self._connections <= self._most_connections

    def disconnect(self) -> None:
        """Counts one less."""
        self._connections -= 1

    def take(self, size: int) -> bool:
        """Counts `size` more bytes. False: there are too many."""
        self._bytes += size
        return self._bytes <= self._most_bytes

    def give_back(self, size: int) -> None:
        """Counts that many less."""
        self._bytes -= size


def connections_for_this_process() -> int:
    """How many connections to take, once as many files may be open as the system allows: fewer than MAX_CONNECTIONS
    where that is less. Without a file left we could not even ask the services behind us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        # macOS names a limit that it does not grant.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    granted, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if granted == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(min(MAX_CONNECTIONS, granted - _OTHER_FILES), 1)

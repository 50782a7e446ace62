"""What all connections together may hold. Webhooks are shed by their number (admission.py) once their heads are read;
what comes before that, from whoever reaches the port, is bounded here."""

import contextlib
import resource
from collections import Counter

from gateway import limits

# For logs, and for the connections to the services behind us.
_OTHER_FILES = 100


class Intake:
    """Counts connections, and the bytes that were read of requests which are not answered yet."""

    def __init__(
        self,
        most_connections: int = limits.MAX_CONNECTIONS,
        most_bytes: int = limits.MAX_UNANSWERED_BYTES,
        most_per_source: int = limits.MAX_CONNECTIONS_PER_SOURCE,
    ) -> None:
        self._most_connections = most_connections
        self._most_per_source = most_per_source
        self._most_bytes = most_bytes
        self._connections = 0
        # Only sources with a connection are here.
        self._of_source: Counter[str] = Counter()
        self._bytes = 0

    def connect(self, source: str | None = None) -> bool:
        """Counts one more connection, of `source` if that is not anybody. False: there are too many."""
        self._connections += 1
        if source is not None:
            self._of_source[source] += 1
            if self._of_source[source] > self._most_per_source:
                return False
        return self._connections <= self._most_connections

    def disconnect(self, source: str | None = None) -> None:
        """Counts one less."""
        self._connections -= 1
        if source is not None:
            self._of_source[source] -= 1
            if not self._of_source[source]:
                del self._of_source[source]

    def take(self, size: int) -> bool:
        """Counts `size` more bytes. False: there are too many."""
        self._bytes += size
        return self._bytes <= self._most_bytes

    def give_back(self, size: int) -> None:
        """Counts that many less."""
        self._bytes -= size


def connections_for_this_process() -> int:
    """How many connections to take, once as many files may be open as the system allows: fewer than
    MAX_CONNECTIONS
    where that is less. Without a file left we could not even ask the services behind us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        # macOS names a limit that it does not grant.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    granted, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if granted == resource.RLIM_INFINITY:
        return limits.MAX_CONNECTIONS
    return max(min(limits.MAX_CONNECTIONS, granted - _OTHER_FILES), 1)

"""What all connections together may hold. Requests are shed by their number (admission.py) once their heads are read;
what comes before that, from whoever reaches the port, is bounded here."""

import contextlib
import resource
from collections import Counter

from servicekit.http.limits import ConnectionLimits

# For logs, and for the connections to the services behind us.
_OTHER_FILES = 100


class Intake:
    """Counts connections, and the bytes that were read of requests which are not answered yet."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._connections = 0
        # Only sources with a connection are here.
        self._of_source: Counter[str] = Counter()
        self._bytes = 0

    def connect(self, source: str | None = None) -> bool:
        """Counts one more connection, of `source` if that is not anybody. False: there are too many."""
        self._connections += 1
        if source is not None:
            self._of_source[source] += 1
            if self._of_source[source] > self.limits.connections_per_source:
                return False
        return self._connections <= self.limits.connections

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
        return self._bytes <= self.limits.unanswered_bytes

    def give_back(self, size: int) -> None:
        """Counts that many less."""
        self._bytes -= size


def connections_for_this_process(wanted: int) -> int:
    """How many connections to take, once as many files may be open as the system allows: `wanted`, or fewer where that
    is less. Without a file left we could not even ask the services behind us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        # macOS names a limit that it does not grant.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    granted, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if granted == resource.RLIM_INFINITY:
        return wanted
    return max(min(wanted, granted - _OTHER_FILES), 1)

"""Free ports of 127.0.0.1, from below the range that the kernel gives to outgoing connections, so that none of them is
taken between being found and being listened on."""

import os
import random
import socket

_LOWEST, _HIGHEST = 20_000, 32_000
_given: set[int] = set()
_random = random.Random(os.urandom(8))


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it is free, else any free port that this process has not been given yet."""
    if preferred is not None and preferred not in _given and is_free(preferred):
        _given.add(preferred)
        return preferred
    while True:
        port = _random.randrange(_LOWEST, _HIGHEST)
        if port not in _given and is_free(port):
            _given.add(port)
            return port

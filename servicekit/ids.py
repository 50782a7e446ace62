"""Ids: a prefix that says what it names, and a ULID. Those of one process rise strictly, so that things made within the
same millisecond keep their order."""

import threading

from ulid import ULID

_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """A new id, such as `tkt_01J…`."""
    global _last  # noqa: PLW0603
    with _lock:
        _last = max(int(ULID()), _last + 1)
        return f"{prefix}_{ULID.from_int(_last)}"

"""Ids: a prefix that says what it names, and a ULID, so that ids sort by time."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """A new id, such as `tkt_01J…`."""
    return f"{prefix}_{ULID()}"

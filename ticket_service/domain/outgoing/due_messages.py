"""Replies and first texts whose time has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DueMessage:
    """One whose time has come, or that an older version ended: nobody else sees to it until the lease ends."""

    workspace_id: str
    message_id: str


@dataclass(frozen=True)
class DueMessages:
    """What a look gave: claimed now; whether `more` are due; when the next one is, if that is known."""

    messages: Sequence[DueMessage] = ()
    more: bool = False
    next_due: datetime | None = None

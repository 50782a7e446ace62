"""What is followed, and how far somebody has followed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticket_service.domain.audit import AuditRecord


class PlaceUnknown(Exception):
    """The database does not know any more what happened after a place."""


@dataclass(frozen=True)
class EventFilter:
    """Which events. Without a workspace: all of the organization; without types: all."""

    organization_id: str
    workspace_id: str = ""
    types: frozenset[str] = frozenset()

    def has(self, record: AuditRecord) -> bool:
        """Whether it is one of them."""
        return (
            record.organization_id == self.organization_id
            and self.workspace_id in ("", record.workspace_id)
            and (not self.types or record.entry.action in self.types)
        )


@dataclass(frozen=True)
class Position:
    """How far somebody has read. `place` is one between two commits or events, as the store names it; `time` is when
    all before it had happened, by the store's clock.

    While `stored` is not empty, records are read that were there before: all whose id is above `since` and not above
    `stored`, which is how far that has come, are dealt with; what comes after `place` comes later.
    """

    place: str
    time: datetime
    since: str = ""
    stored: str = ""


@dataclass(frozen=True)
class Happened:
    """A record that was committed, and the place behind it."""

    record: AuditRecord
    place: str
    time: datetime


@dataclass(frozen=True)
class Passage:
    """What happened between a place and `place`, in the order of commits. `more`: there may be more already."""

    happened: Sequence[Happened]
    place: str
    time: datetime
    more: bool = False

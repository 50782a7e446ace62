"""One ticket in a report: its own times and counts. Holds nothing that anybody wrote, and nothing of the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket import Assignee, Priority, TicketState


@dataclass(frozen=True)
class Resolution:
    """When a ticket was resolved, by whom, and how long that took."""

    time: datetime
    by: Actor
    took: timedelta


@dataclass(frozen=True)
class TicketRow:
    """A ticket as it was counted up to the record `sequence` of its audit chain.

    `waiting_since`: the customer's first text, until the first answer to it. `begin_time`: from when on its resolution
    is being waited for. `reopened_from`: the resolution that the ticket was reopened from, which holds again when that
    was for nothing. `unexplained`: the days of failures whose error code was not known yet, by message.
    """

    ticket_id: str
    organization_id: str
    workspace_id: str
    channel_id: str
    create_time: datetime
    begin_time: datetime
    sequence: int = 0
    waiting_since: datetime | None = None
    first_answer_time: datetime | None = None
    first_answer_by: Actor | None = None
    first_answer: timedelta | None = None
    resolve_time: datetime | None = None
    resolved_by: Actor | None = None
    resolution: timedelta | None = None
    close_time: datetime | None = None
    texts_in: int = 0
    texts_out: int = 0
    ai_answers: int = 0
    hand_offs: int = 0
    hand_off_reason: str = ""
    failures: int = 0
    reopened: int = 0
    reopened_from: Resolution | None = None
    unexplained: Mapping[str, str] = field(default_factory=dict)

    @property
    def resolved(self) -> Resolution | None:
        """How it was resolved; None while it is not."""
        if self.resolve_time is None or self.resolved_by is None or self.resolution is None:
            return None
        return Resolution(self.resolve_time, self.resolved_by, self.resolution)


@dataclass(frozen=True)
class TicketNow:
    """What a row shows of the ticket as it is now, beside what was counted."""

    number: int
    state: TicketState
    priority: Priority
    assignee: Assignee


@dataclass(frozen=True)
class RowFilter:
    """Tickets of a workspace that were created from `begin` on, and before `end`. `after`: time and id of the last row
    of the page before."""

    workspace_id: str
    begin: datetime
    end: datetime
    after: tuple[datetime, str] | None = None

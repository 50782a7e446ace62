"""What resolving takes from a ticket, kept for whoever takes that back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ticket_service.domain.ticket import Ticket


@dataclass(frozen=True)
class BeforeResolve:
    """The ticket's fields as they were; `was_pending`: it was not OPEN. It holds for the resolve of `resolve_time`
    alone."""

    resolve_time: datetime
    was_pending: bool = False
    waiting_since: datetime | None = None
    snooze_until: datetime | None = None
    first_answer_due_time: datetime | None = None
    next_answer_due_time: datetime | None = None
    failed_reply: bool = False
    to_deal: bool = False

    @classmethod
    def of(cls, ticket: "Ticket", now: datetime) -> "BeforeResolve":
        """What a ticket has that is resolved now."""
        return cls(
            now,
            ticket.state.value == "PENDING",
            ticket.waiting_since,
            ticket.snooze_until,
            ticket.first_answer_due_time,
            ticket.next_answer_due_time,
            ticket.failed_reply,
            ticket.to_deal,
        )


def was_to_deal(ticket: "Ticket") -> bool:
    """Whether a RESOLVED ticket waited for an available agent when it was resolved, and is nobody's still."""
    known = ticket.before_resolve
    is_known = known is not None and known.resolve_time == ticket.resolve_time and known.to_deal
    return is_known and ticket.assignee.kind.value == "NOBODY"


def answered(known: BeforeResolve | None) -> BeforeResolve | None:
    """Somebody has replied since: whoever takes the resolve back owes nothing."""
    if known is None:
        return None
    return replace(
        known,
        was_pending=True,
        waiting_since=None,
        first_answer_due_time=None,
        next_answer_due_time=None,
        failed_reply=False,
        to_deal=False,
    )

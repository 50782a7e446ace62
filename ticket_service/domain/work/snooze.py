"""Tickets that are put aside until a time, or until the customer's next text, whichever comes first."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import TicketClosed
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState

# Only the customer's next text wakes such a ticket. Lists that look for tickets which are awake need no other case.
UNTIL_NEXT_TEXT = datetime(9999, 12, 31, tzinfo=UTC)


class Woken(Enum):
    """Why a ticket is awake again."""

    TIME = "time"
    TEXT = "text"
    BY_HAND = "by_hand"
    SETTLED = "settled"


@dataclass(frozen=True)
class DueSnooze:
    """A ticket whose time to wake has come."""

    workspace_id: str
    ticket_id: str


def snooze(ticket: Ticket, until: datetime, actor: Actor, now: datetime) -> TicketChange:
    """Puts it aside, in whatever state it is. Raises TicketClosed."""
    if ticket.state is TicketState.CLOSED:
        raise TicketClosed(ticket.ticket_id)
    if ticket.snooze_until == until:
        return TicketChange(ticket)
    details = {"until": "next_text" if until == UNTIL_NEXT_TEXT else until.isoformat()}
    entry = AuditEntry(AuditAction.TICKET_SNOOZED, ticket.ticket_id, actor, now, details)
    return TicketChange(replace(ticket, snooze_until=until, update_time=now), (entry,))


def unsnooze(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """Wakes it because somebody wants so. Raises TicketClosed."""
    if ticket.state is TicketState.CLOSED:
        raise TicketClosed(ticket.ticket_id)
    return woken(TicketChange(ticket), Woken.BY_HAND, actor, now)


def wake_if_due(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """Wakes it if its time has come; it may have been woken, or snoozed again, since that was found."""
    if ticket.snooze_until is None or ticket.snooze_until > now:
        return TicketChange(ticket)
    return woken(TicketChange(ticket), Woken.TIME, actor, now)


def woken(change: TicketChange, why: Woken, actor: Actor, now: datetime) -> TicketChange:
    """The change of a ticket, which also wakes it if it is put aside."""
    if change.ticket.snooze_until is None:
        return change
    entry = AuditEntry(AuditAction.TICKET_UNSNOOZED, change.ticket.ticket_id, actor, now, {"why": why.value})
    return TicketChange(replace(change.ticket, snooze_until=None, update_time=now), (*change.entries, entry))

"""Blocking: a customer whose texts are stored, make no ticket, and wake nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ticket_service.domain import ticket_changes
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState


@dataclass(frozen=True)
class Blocking:
    """The customer and the live tickets as they are written. What happened is recorded on each of these tickets, where
    it also is the change that a text meets which was decided on before; without any, in the organization's own chain
    (`entries`). Nothing is written without entries."""

    customer: Customer
    entries: tuple[AuditEntry, ...] = ()
    tickets: tuple[TicketChange, ...] = ()


# Decides about a customer who has these live tickets.
DecideBlocking = Callable[[Customer, Sequence[Ticket]], Blocking]


def block(customer: Customer, live: Sequence[Ticket], reason: str, actor: Actor, now: datetime) -> Blocking:
    """Blocked from now on, or for another reason than so far. Live tickets that are OPEN or PENDING become RESOLVED: we
    owe nothing any more. Who unblocks gets them back with the customer's next text."""
    if customer.blocked_time is not None and customer.block_reason == reason:
        return Blocking(customer)
    since = customer.blocked_time or now
    blocked = replace(customer, blocked_time=since, block_reason=reason, blocked_by=actor, update_time=now)
    # The reason may say anything of the customer: the trail does not quote it.
    entry = AuditEntry(AuditAction.CUSTOMER_BLOCKED, customer.customer_id, actor, now)
    unsettled = (TicketState.OPEN, TicketState.PENDING)
    changes = [
        ticket_changes.resolve(ticket, actor, now) if ticket.state in unsettled else TicketChange(ticket)
        for ticket in live
    ]
    return _recorded(blocked, entry, changes)


def unblock(customer: Customer, live: Sequence[Ticket], actor: Actor, now: datetime) -> Blocking:
    """Not blocked any more; tickets stay as they are."""
    if customer.blocked_time is None:
        return Blocking(customer)
    freed = replace(customer, blocked_time=None, block_reason="", blocked_by=None, update_time=now)
    entry = AuditEntry(AuditAction.CUSTOMER_UNBLOCKED, customer.customer_id, actor, now)
    return _recorded(freed, entry, list(map(TicketChange, live)))


def _recorded(customer: Customer, entry: AuditEntry, changes: Sequence[TicketChange]) -> Blocking:
    if not changes:
        return Blocking(customer, (entry,))
    recorded = (
        TicketChange(replace(change.ticket, update_time=entry.time), (entry, *change.entries)) for change in changes
    )
    return Blocking(customer, tickets=tuple(recorded))

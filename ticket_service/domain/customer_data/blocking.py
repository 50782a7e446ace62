"""Blocking: a customer whose texts are stored, make no ticket, and wake nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState
from ticket_service.domain.work import dealing
from ticket_service.domain.work.taking_back import take_back


@dataclass(frozen=True)
class Blocking:
    """The customer and the live tickets as they are written. What happened is recorded on each of these tickets, where
    it also is the change that a text meets which was decided on before; without any, in the organization's own chain
    (`entries`). Nothing is written without entries. `ai_turns`, by ticket id: where the AI owes an answer again."""

    customer: Customer
    entries: tuple[AuditEntry, ...] = ()
    tickets: tuple[TicketChange, ...] = ()
    ai_turns: Mapping[str, TurnStart] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveTicket:
    """A ticket that holds its thread, and its channel: None when it was removed."""

    ticket: Ticket
    channel: Channel | None = None


# Decides about a customer who has these live tickets.
DecideBlocking = Callable[[Customer, Sequence[LiveTicket]], Blocking]


def block(customer: Customer, live: Sequence[LiveTicket], reason: str, actor: Actor, now: datetime) -> Blocking:
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
        ticket_changes.resolve(one.ticket, actor, now) if one.ticket.state in unsettled else TicketChange(one.ticket)
        for one in live
    ]
    return _recorded(blocked, entry, changes)


def unblock(
    customer: Customer, live: Sequence[LiveTicket], actor: Actor, now: datetime, as_before: bool = False
) -> Blocking:
    """Not blocked any more. Tickets stay as they are; with `as_before`, those that the block has resolved are what they
    were before it."""
    if customer.blocked_time is None:
        return Blocking(customer)
    freed = replace(customer, blocked_time=None, block_reason="", blocked_by=None, update_time=now)
    entry = AuditEntry(AuditAction.CUSTOMER_UNBLOCKED, customer.customer_id, actor, now)
    was_blocked = customer.blocked_time if as_before else None
    changes = [
        _taken_back(one, actor, now) if _resolved_at(one, was_blocked) else TicketChange(one.ticket) for one in live
    ]
    begun = {c.ticket.ticket_id: TurnStart(now, now) for c in changes if c.entries and c.ticket.waits_for_ai}
    return replace(_recorded(freed, entry, changes), ai_turns=begun)


def _resolved_at(one: LiveTicket, blocked_time: datetime | None) -> bool:
    """Whether the block of that time has resolved it: it is written with both times in one."""
    return blocked_time is not None and one.ticket.resolve_time == blocked_time


def _taken_back(one: LiveTicket, actor: Actor, now: datetime) -> TicketChange:
    change = take_back(one.ticket, one.ticket.ticket_id, TicketState.OPEN, actor, now)
    return replace(change, ticket=dealing.taken_back(one.ticket, change.ticket, one.channel))


def _recorded(customer: Customer, entry: AuditEntry, changes: Sequence[TicketChange]) -> Blocking:
    if not changes:
        return Blocking(customer, (entry,))
    recorded = (
        TicketChange(replace(change.ticket, update_time=entry.time), (entry, *change.entries)) for change in changes
    )
    return Blocking(customer, tickets=tuple(recorded))

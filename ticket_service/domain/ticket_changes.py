"""What may be done to a ticket in which state, and what the audit trail says of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from ticket_service.domain.ai.kept_suggestions import KeptSuggestions
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import ThreadHasLiveTicket, TicketClosed
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import (
    NOBODY,
    THE_AI,
    Assignee,
    AssigneeKind,
    Priority,
    Ticket,
    TicketChange,
    TicketState,
)
from ticket_service.domain.work.before_ai import BeforeAi
from ticket_service.domain.work.before_resolve import BeforeResolve, answered, was_to_deal
from ticket_service.domain.work.snooze import Woken, woken
from ticket_service.domain.work.waiting import waits_no_more

# Why a ticket is RESOLVED again: the customer's text wanted nothing.
SMALL_TALK = "small_talk"


def _moved(ticket: Ticket, state: TicketState, action: AuditAction, actor: Actor, now: datetime) -> TicketChange:
    details = {"from": ticket.state.value, "to": state.value}
    resolve_time = ticket.resolve_time
    if state is TicketState.RESOLVED:
        resolve_time = now
    elif state in (TicketState.OPEN, TicketState.PENDING):
        resolve_time = None
    settled = state in (TicketState.RESOLVED, TicketState.CLOSED)
    changed = replace(
        waits_no_more(ticket) if settled else ticket,
        state=state,
        update_time=now,
        resolve_time=resolve_time,
        close_time=now if state is TicketState.CLOSED else None,
        holds_thread=ticket.holds_thread and state is not TicketState.CLOSED,
        scheduled_count=0 if state is TicketState.CLOSED else ticket.scheduled_count,
        to_deal=ticket.to_deal and not settled,
        # Whoever opens it says that we owe an answer from now on.
        waiting_since=now if state is TicketState.OPEN else None,
        # Settled is settled.
        failed_reply=ticket.failed_reply and state in (TicketState.OPEN, TicketState.PENDING),
        suggestions=None if settled else ticket.suggestions,
        before_resolve=BeforeResolve.of(ticket, now) if state is TicketState.RESOLVED else None,
        resolved_before=None,
    )
    return TicketChange(changed, (AuditEntry(action, ticket.ticket_id, actor, now, details),))


def require_not_closed(ticket: Ticket) -> None:
    """Raises TicketClosed."""
    if ticket.state is TicketState.CLOSED:
        raise TicketClosed(ticket.ticket_id)


def customer_texted(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """PENDING and RESOLVED become OPEN: we owe an answer again. A ticket that is put aside wakes."""
    change = TicketChange(ticket)
    if ticket.state is TicketState.PENDING:
        change = _moved(ticket, TicketState.OPEN, AuditAction.TICKET_STATE_CHANGED, actor, now)
    elif ticket.state is TicketState.RESOLVED:
        moved = _moved(ticket, TicketState.OPEN, AuditAction.TICKET_REOPENED, actor, now)
        # A new matter: why a person was to look at the one before says nothing of it.
        again = replace(moved.ticket, resolved_before=ticket.resolve_time, before_ai=None)
        change = TicketChange(again, moved.entries)
    return woken(change, Woken.TEXT, actor, now)


def replied(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """OPEN becomes PENDING; a RESOLVED ticket stays RESOLVED. The ticket is `taken`. Raises TicketClosed."""
    change = said(ticket, actor, now)
    after = taken(change.ticket, actor, now)
    return TicketChange(after.ticket, (*change.entries, *after.entries))


def said(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """The same, and the ticket stays whose it is. Raises TicketClosed."""
    require_not_closed(ticket)
    by_ai = actor.kind is ActorKind.AI
    answers = ticket.ai_replies + 1 if by_ai else 0
    counted = replace(waits_no_more(ticket), ai_replies=answers, failed_reply=False, suggestions=None)
    counted = replace(counted, before_resolve=answered(ticket.before_resolve), to_deal_before=False, before_ai=None)
    change = TicketChange(counted if by_ai else replace(counted, hand_off_announced=False))
    if ticket.state is TicketState.OPEN:
        change = _moved(change.ticket, TicketState.PENDING, AuditAction.TICKET_STATE_CHANGED, actor, now)
    return change


def nothing_to_answer(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """What the customer wrote waits for no answer: OPEN becomes PENDING, as if they had one, and RESOLVED where it was
    so until that text. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.state is not TicketState.OPEN:
        return TicketChange(ticket)
    if ticket.resolved_before is None:
        return _moved(waits_no_more(ticket), TicketState.PENDING, AuditAction.TICKET_STATE_CHANGED, actor, now)
    moved = _moved(waits_no_more(ticket), TicketState.RESOLVED, AuditAction.TICKET_RESOLVED, actor, now)
    entry = replace(moved.entries[0], details={**moved.entries[0].details, "why": SMALL_TALK})
    back = replace(moved.ticket, resolve_time=ticket.resolved_before, before_resolve=None)
    # Resolving took the mark away: where there is one, a reply has failed since.
    return TicketChange(replace(back, failed_reply=ticket.failed_reply), (entry,))


def taken(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """An agent who writes to the customer takes a ticket that is nobody's or the AI's. Whoever else does, but the AI
    itself, takes it from the AI: it becomes nobody's. Raises TicketClosed."""
    if actor.kind is ActorKind.AI or ticket.assignee.kind is AssigneeKind.AGENT:
        return TicketChange(ticket)
    by_agent = actor.kind is ActorKind.AGENT
    return assign(ticket, Assignee(AssigneeKind.AGENT, actor.id) if by_agent else NOBODY, actor, now)


def delivery_changed(ticket: Ticket, failed: bool, now: datetime) -> Ticket:
    """News of one of its replies. One that `failed` is to be seen to by somebody, unless the ticket is CLOSED."""
    to_be_seen_to = failed and ticket.state is not TicketState.CLOSED
    return replace(ticket, failed_reply=ticket.failed_reply or to_be_seen_to, update_time=now)


def resolve(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """OPEN and PENDING become RESOLVED, and are not put aside any more. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.state is TicketState.RESOLVED:
        return TicketChange(ticket)
    resolved = _moved(ticket, TicketState.RESOLVED, AuditAction.TICKET_RESOLVED, actor, now)
    return woken(resolved, Woken.SETTLED, actor, now)


def reopen(ticket: Ticket, live_ticket_id: str | None, actor: Actor, now: datetime) -> TicketChange:
    """RESOLVED and PENDING become OPEN, are not put aside any more, and the ticket is its thread's live one again.

    `live_ticket_id` is the thread's live ticket, None if there is none. Raises TicketClosed and ThreadHasLiveTicket.
    """
    require_not_closed(ticket)
    if live_ticket_id not in (None, ticket.ticket_id):
        raise ThreadHasLiveTicket(ticket.ticket_id, str(live_ticket_id))
    if ticket.state is TicketState.OPEN:
        return TicketChange(ticket)
    held = replace(ticket, holds_thread=True, to_deal=ticket.to_deal or was_to_deal(ticket))
    # Whoever opens it wants it to be seen.
    return woken(_moved(held, TicketState.OPEN, AuditAction.TICKET_REOPENED, actor, now), Woken.BY_HAND, actor, now)


def unresolve(ticket: Ticket, live_ticket_id: str | None, actor: Actor, now: datetime) -> TicketChange:
    """Takes the resolve of a ticket back that was PENDING: it is so again, its thread's live one, and not put aside any
    more. Any other is left alone. Raises as `reopen` does."""
    require_not_closed(ticket)
    if ticket.state is not TicketState.RESOLVED:
        return TicketChange(ticket)
    if live_ticket_id not in (None, ticket.ticket_id):
        raise ThreadHasLiveTicket(ticket.ticket_id, str(live_ticket_id))
    held = replace(ticket, holds_thread=True, to_deal=was_to_deal(ticket))
    return woken(_moved(held, TicketState.PENDING, AuditAction.TICKET_REOPENED, actor, now), Woken.BY_HAND, actor, now)


def begun_again(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """We text the customer of a RESOLVED ticket first: it becomes PENDING. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.state is not TicketState.RESOLVED:
        return TicketChange(ticket)
    return _moved(ticket, TicketState.PENDING, AuditAction.TICKET_REOPENED, actor, now)


def close(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """Any state becomes CLOSED, and the thread is free for a new ticket."""
    if ticket.state is TicketState.CLOSED:
        return TicketChange(ticket)
    closed = _moved(ticket, TicketState.CLOSED, AuditAction.TICKET_CLOSED, actor, now)
    return woken(closed, Woken.SETTLED, actor, now)


def give_up_thread(ticket: Ticket, successor_id: str, actor: Actor, now: datetime) -> TicketChange:
    """A RESOLVED ticket leaves its thread to a new one, and is otherwise left alone. If it waits for the customer's
    next text, that was it."""
    entry = AuditEntry(AuditAction.TICKET_SUCCEEDED, ticket.ticket_id, actor, now, {"successor": successor_id})
    return woken(TicketChange(replace(ticket, holds_thread=False), (entry,)), Woken.TEXT, actor, now)


def assign(ticket: Ticket, assignee: Assignee, actor: Actor, now: datetime) -> TicketChange:
    """Another assignee. If it is the AI, an earlier hand-off is forgotten. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.assignee == assignee:
        return TicketChange(ticket)
    details = {"from": str(ticket.assignee), "to": str(assignee)}
    before = assignee != NOBODY and (ticket.to_deal or ticket.to_deal_before)
    changed = replace(ticket, assignee=assignee, update_time=now, to_deal=False, to_deal_before=before, before_ai=None)
    if assignee == THE_AI:
        changed = replace(changed, hand_off_reason=None, hand_off_time=None, ai_replies=0, suggestions=None)
        changed = replace(changed, before_ai=BeforeAi.of(ticket))
    return TicketChange(changed, (AuditEntry(AuditAction.TICKET_ASSIGNED, ticket.ticket_id, actor, now, details),))


def hand_off(
    ticket: Ticket,
    reason: HandOffReason,
    announced: bool,
    actor: Actor,
    now: datetime,
    suggestions: KeptSuggestions | None = None,
) -> TicketChange:
    """The AI leaves the ticket to a person: it is nobody's, and marked with the reason. `announced`: the customer gets
    a notice now. `suggestions` are kept for the person. Where somebody's safety may be at stake, it becomes URGENT.
    Raises TicketClosed."""
    left = assign(ticket, NOBODY, actor, now)
    known = ticket.hand_off_announced or announced
    marked = replace(
        left.ticket,
        hand_off_reason=reason,
        hand_off_time=now,
        hand_off_announced=known,
        suggestions=suggestions,
        resolved_before=None,
    )
    if reason is not HandOffReason.SAFETY_MATTER:
        return TicketChange(marked, left.entries)
    raised = edit(marked, TicketEdit(priority=Priority.URGENT), actor, now)
    return TicketChange(raised.ticket, (*left.entries, *raised.entries))


@dataclass(frozen=True)
class TicketEdit:
    """New values of what people may edit; None leaves a field as it is."""

    subject: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] | None = None


def edit(ticket: Ticket, changes: TicketEdit, actor: Actor, now: datetime) -> TicketChange:
    """Other subject, priority or tags. Raises TicketClosed. The audit trail does not quote the subject:
    it is text."""
    require_not_closed(ticket)
    changed = replace(
        ticket,
        subject=ticket.subject if changes.subject is None else changes.subject,
        priority=changes.priority or ticket.priority,
        tags=ticket.tags if changes.tags is None else changes.tags,
    )
    if changed == ticket:
        return TicketChange(ticket)
    details: dict[str, str] = {}
    if changed.subject != ticket.subject:
        details["subject"] = "changed"
    if changed.priority is not ticket.priority:
        details["priority"] = changed.priority.value
    if changed.tags != ticket.tags:
        # Staff may have written anything into them.
        details["tags"] = "changed"
    entry = AuditEntry(AuditAction.TICKET_UPDATED, ticket.ticket_id, actor, now, details)
    return TicketChange(replace(changed, update_time=now), (entry,))

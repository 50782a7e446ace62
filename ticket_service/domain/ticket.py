"""Tickets and their states. Standard library only."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import ThreadHasLiveTicket, TicketClosed
from ticket_service.domain.hand_off import HandOffReason

MAX_SUBJECT_CHARACTERS = 200
MAX_TAGS = 20
MAX_TAG_CHARACTERS = 50
MAX_AGENT_ID_CHARACTERS = 128


class TicketState(Enum):
    """OPEN: we owe an answer. PENDING: the customer does. RESOLVED: settled. CLOSED: final."""

    OPEN = "OPEN"
    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class Priority(Enum):
    """How urgent a ticket is."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class AssigneeKind(Enum):
    """Who works on a ticket."""

    NOBODY = "NOBODY"
    AI = "AI"
    AGENT = "AGENT"


@dataclass(frozen=True)
class Assignee:
    """Nobody, the AI, or an agent by id."""

    kind: AssigneeKind
    agent_id: str = ""

    def __str__(self) -> str:
        return f"agent:{self.agent_id}" if self.kind is AssigneeKind.AGENT else self.kind.value.lower()


NOBODY = Assignee(AssigneeKind.NOBODY)
THE_AI = Assignee(AssigneeKind.AI)


@dataclass(frozen=True)
class Ticket:
    """A unit of support work on a thread.

    `holds_thread` says that it is its thread's live ticket; `audit_sequence` is the place of its newest audit record,
    and `audit_head` the signed end of their chain, which the store keeps.
    `ai_replies` counts the AI's replies since a person's; `hand_off_told` says that the customer was told that a person
    will answer, and nobody has since. `seal_time`: its content is to be erased, and nothing is added to it any more;
    `erase_time`: that is done.
    """

    ticket_id: str
    organization_id: str
    workspace_id: str
    number: int
    state: TicketState
    subject: str
    priority: Priority
    assignee: Assignee
    channel_id: str
    account_sid: str
    channel_address: str
    customer_id: str
    customer_address: str
    create_time: datetime
    update_time: datetime
    tags: tuple[str, ...] = ()
    message_count: int = 0
    holds_thread: bool = True
    audit_sequence: int = 0
    resolve_time: datetime | None = None
    close_time: datetime | None = None
    hand_off_reason: HandOffReason | None = None
    hand_off_time: datetime | None = None
    hand_off_told: bool = False
    ai_replies: int = 0
    seal_time: datetime | None = None
    erase_time: datetime | None = None
    audit_head: str = ""

    @property
    def waits_for_ai(self) -> bool:
        """Whether it is the AI's to answer the customer."""
        return self.assignee == THE_AI and self.state is TicketState.OPEN

    def with_message(self, now: datetime, count: int = 1) -> "Ticket":
        """One text more, or `count` of them."""
        return replace(self, message_count=self.message_count + count, update_time=now)


@dataclass(frozen=True)
class TicketChange:
    """A ticket after a change, and what the audit trail says of it. No entries: nothing changed."""

    ticket: Ticket
    entries: tuple[AuditEntry, ...] = ()


def _moved(ticket: Ticket, state: TicketState, action: AuditAction, actor: Actor, now: datetime) -> TicketChange:
    details = {"from": ticket.state.value, "to": state.value}
    resolve_time = ticket.resolve_time
    if state is TicketState.RESOLVED:
        resolve_time = now
    elif state in (TicketState.OPEN, TicketState.PENDING):
        resolve_time = None
    changed = replace(
        ticket,
        state=state,
        update_time=now,
        resolve_time=resolve_time,
        close_time=now if state is TicketState.CLOSED else None,
        holds_thread=ticket.holds_thread and state is not TicketState.CLOSED,
    )
    return TicketChange(changed, (AuditEntry(action, ticket.ticket_id, actor, now, details),))


def require_not_closed(ticket: Ticket) -> None:
    """Raises TicketClosed."""
    if ticket.state is TicketState.CLOSED:
        raise TicketClosed(ticket.ticket_id)


def customer_texted(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """PENDING and RESOLVED become OPEN: we owe an answer again."""
    if ticket.state is TicketState.PENDING:
        return _moved(ticket, TicketState.OPEN, AuditAction.TICKET_STATE_CHANGED, actor, now)
    if ticket.state is TicketState.RESOLVED:
        return _moved(ticket, TicketState.OPEN, AuditAction.TICKET_REOPENED, actor, now)
    return TicketChange(ticket)


def replied(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """OPEN becomes PENDING; a RESOLVED ticket stays so. Anybody but the AI takes the ticket over from it. Raises
    TicketClosed."""
    require_not_closed(ticket)
    by_ai = actor.kind is ActorKind.AI
    counted = replace(ticket, ai_replies=ticket.ai_replies + 1 if by_ai else 0)
    change = TicketChange(counted if by_ai else replace(counted, hand_off_told=False))
    if ticket.state is TicketState.OPEN:
        change = _moved(change.ticket, TicketState.PENDING, AuditAction.TICKET_STATE_CHANGED, actor, now)
    if by_ai or ticket.assignee != THE_AI:
        return change
    new_assignee = Assignee(AssigneeKind.AGENT, actor.id) if actor.kind is ActorKind.AGENT else NOBODY
    taken = assign(change.ticket, new_assignee, actor, now)
    return TicketChange(taken.ticket, (*change.entries, *taken.entries))


def resolve(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """OPEN and PENDING become RESOLVED. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.state is TicketState.RESOLVED:
        return TicketChange(ticket)
    return _moved(ticket, TicketState.RESOLVED, AuditAction.TICKET_RESOLVED, actor, now)


def reopen(ticket: Ticket, live_ticket_id: str | None, actor: Actor, now: datetime) -> TicketChange:
    """RESOLVED and PENDING become OPEN, and the ticket is its thread's live one again.

    `live_ticket_id` is who holds the thread's slot. Raises TicketClosed and ThreadHasLiveTicket.
    """
    require_not_closed(ticket)
    if live_ticket_id not in (None, ticket.ticket_id):
        raise ThreadHasLiveTicket(ticket.ticket_id, str(live_ticket_id))
    if ticket.state is TicketState.OPEN:
        return TicketChange(ticket)
    held = replace(ticket, holds_thread=True)
    return _moved(held, TicketState.OPEN, AuditAction.TICKET_REOPENED, actor, now)


def close(ticket: Ticket, actor: Actor, now: datetime) -> TicketChange:
    """Any state becomes CLOSED, and the thread's slot is free."""
    if ticket.state is TicketState.CLOSED:
        return TicketChange(ticket)
    return _moved(ticket, TicketState.CLOSED, AuditAction.TICKET_CLOSED, actor, now)


def give_up_thread(ticket: Ticket, successor_id: str, actor: Actor, now: datetime) -> TicketChange:
    """A RESOLVED ticket leaves its thread's slot to a new one; otherwise it is left alone."""
    entry = AuditEntry(AuditAction.TICKET_SUCCEEDED, ticket.ticket_id, actor, now, {"successor": successor_id})
    return TicketChange(replace(ticket, holds_thread=False), (entry,))


def assign(ticket: Ticket, assignee: Assignee, actor: Actor, now: datetime) -> TicketChange:
    """Another assignee. The AI starts afresh: its hand-off is forgotten. Raises TicketClosed."""
    require_not_closed(ticket)
    if ticket.assignee == assignee:
        return TicketChange(ticket)
    details = {"from": str(ticket.assignee), "to": str(assignee)}
    changed = replace(ticket, assignee=assignee, update_time=now)
    if assignee == THE_AI:
        changed = replace(changed, hand_off_reason=None, hand_off_time=None, ai_replies=0)
    return TicketChange(changed, (AuditEntry(AuditAction.TICKET_ASSIGNED, ticket.ticket_id, actor, now, details),))


def hand_off(ticket: Ticket, reason: HandOffReason, told: bool, actor: Actor, now: datetime) -> TicketChange:
    """The AI leaves the ticket to a person: nobody's, marked with the reason. `told`: the customer is told now."""
    left = assign(ticket, NOBODY, actor, now)
    marked = replace(left.ticket, hand_off_reason=reason, hand_off_time=now, hand_off_told=ticket.hand_off_told or told)
    return TicketChange(marked, left.entries)


@dataclass(frozen=True)
class TicketEdit:
    """New values of what people may edit; None leaves a field as it is."""

    subject: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] | None = None


def edit(ticket: Ticket, changes: TicketEdit, actor: Actor, now: datetime) -> TicketChange:
    """Other subject, priority or tags. Raises TicketClosed. The subject is text, so the trail does not quote it."""
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


def subject_of(text: str) -> str:
    """A first subject: the beginning of the first text, on one line."""
    line = " ".join(text.split())
    if not line:
        return "(no text)"
    return line if len(line) <= 80 else line[:79].rstrip() + "…"

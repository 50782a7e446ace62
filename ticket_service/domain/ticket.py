"""Tickets and their states."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ticket_service.domain.audit import AuditEntry
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

    `holds_thread`: it is its thread's live ticket. `audit_sequence` is the place of its newest audit record, and
    `audit_head` the signed end of its chain, which the store keeps.
    `ai_replies` counts the AI's replies since a person's. `hand_off_announced`: the customer knows that a person will
    answer, and nobody has since.
    `snooze_until`: it is put aside, at most until then (work/snooze.py).
    `first_answer_due_time`, `next_answer_due_time`: when an answer is due that the customer waits for, the first one or
    a later one; None where none is, or no target is set.
    `to_deal`: it is nobody's until one of the available agents gets it (work/dealing.py).
    `seal_time`: its content is to be erased, and nothing is added to it any more. `erase_time`: that is done.
    `scheduled_count`: how many replies wait for their time; `scheduled_positions`: how many positions all those took
    that ever did, sent or not.
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
    hand_off_announced: bool = False
    ai_replies: int = 0
    seal_time: datetime | None = None
    erase_time: datetime | None = None
    audit_head: str = ""
    snooze_until: datetime | None = None
    first_answer_due_time: datetime | None = None
    next_answer_due_time: datetime | None = None
    scheduled_count: int = 0
    scheduled_positions: int = 0
    to_deal: bool = False

    @property
    def waits_for_ai(self) -> bool:
        """Whether it is the AI's to answer the customer."""
        return self.assignee == THE_AI and self.state is TicketState.OPEN

    @property
    def last_position(self) -> int:
        """The highest position of its messages: texts have one each, and a reply that is sent later two."""
        return self.message_count + self.scheduled_positions

    def with_message(self, now: datetime, count: int = 1) -> "Ticket":
        """One text more, or `count` of them."""
        return replace(self, message_count=self.message_count + count, update_time=now)

    def with_scheduled(self, now: datetime) -> "Ticket":
        """One more reply that waits for its time."""
        positions = self.scheduled_positions + 1
        return replace(self, scheduled_count=self.scheduled_count + 1, scheduled_positions=positions, update_time=now)

    def without_scheduled(self, now: datetime) -> "Ticket":
        """One of those that wait for their time does so no more."""
        return replace(self, scheduled_count=max(self.scheduled_count - 1, 0), update_time=now)


@dataclass(frozen=True)
class TicketChange:
    """A ticket after a change, and what the audit trail says of it. No entries: nothing changed."""

    ticket: Ticket
    entries: tuple[AuditEntry, ...] = ()


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets; empty values match all. `before` is the last ticket id of the page before."""

    workspace_id: str
    states: tuple[TicketState, ...] = ()
    assignee: Assignee | None = None
    channel_id: str = ""
    customer_address: str = ""
    text: str = ""
    number: int = 0
    before: str = ""

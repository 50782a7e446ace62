"""Tickets and their states."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ticket_service.domain.ai.kept_suggestions import KeptSuggestions
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.last_message import LastMessage
from ticket_service.domain.inbox.read_marks import ReadMark
from ticket_service.domain.work.before_ai import BeforeAi
from ticket_service.domain.work.before_resolve import BeforeResolve

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
    `to_deal`: it is nobody's until one of the available agents gets it (work/dealing.py). `to_deal_before`: so it was
    until it was assigned, and nobody has answered since.
    `waiting_since`: since when the customer waits for an answer; set while it is OPEN, and only then.
    `summed_count`: of how many of its texts it knows the last one, and what follows from them; fewer where an earlier
    version has added some. `inbound_position`: the place of the customer's newest text, 0 where that was not kept;
    `read_by`: the agents who have read that one; `read_marks`: how far each has ever read.
    `failed_reply`: a reply could not be delivered, and nobody has replied since.
    `suggestions`: what a person could answer with, from the AI's last hand-off until somebody has answered.
    `seal_time`: its content is to be erased, and nothing is added to it any more. `erase_time`: that is done.
    `before_resolve`: what resolving has taken from it. `resolved_before`: the customer's text has opened it, which was
    RESOLVED since then, and nothing came of that text yet. `before_ai`: what giving it to the AI has taken from it.
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
    to_deal_before: bool = False
    waiting_since: datetime | None = None
    last_message: LastMessage | None = None
    customer_display_name: str = ""
    summed_count: int = 0
    inbound_position: int = 0
    failed_reply: bool = False
    read_by: tuple[str, ...] = ()
    read_marks: tuple[ReadMark, ...] = ()
    suggestions: KeptSuggestions | None = None
    before_resolve: BeforeResolve | None = None
    resolved_before: datetime | None = None
    before_ai: BeforeAi | None = None

    @property
    def waits_for_ai(self) -> bool:
        """Whether it is the AI's to answer the customer."""
        return self.assignee == THE_AI and self.state is TicketState.OPEN

    @property
    def last_position(self) -> int:
        """The highest position of its messages: texts have one each, and a reply that is sent later two."""
        return self.message_count + self.scheduled_positions

    def is_unread_by(self, agent_id: str) -> bool:
        """Whether the customer has texted since that agent last read it or replied. What a version has stored that did
        not keep who has read it counts as read; a CLOSED ticket is nobody's to read any more."""
        counts = bool(agent_id) and self.state is not TicketState.CLOSED and self.inbound_position > 0
        return counts and agent_id not in self.read_by

    def read_message_id(self, agent_id: str) -> str:
        """Up to which message that agent has read it; empty when they never did."""
        return next((mark.message_id for mark in self.read_marks if mark.agent_id == agent_id), "")

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

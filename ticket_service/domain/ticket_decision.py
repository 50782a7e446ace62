"""A decision about a ticket: what it reads, and what it writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from ticket_service.domain.ai.questions import Question
from ticket_service.domain.ai.reply_limits import ReplyCounts
from ticket_service.domain.ai_turn import TurnEnd, TurnStart
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket


class Needs(Flag):
    """What a decision must know besides the ticket. Each costs a read."""

    NOTHING_MORE = 0
    CUSTOMER = auto()
    CHANNEL = auto()
    LIVE_TICKET = auto()
    AI_TURN = auto()
    SCHEDULED = auto()
    AI_REPLIES = auto()


# So many of the messages behind the last one that a writer has seen are read.
MOST_NEWER = 50
# What a decision needs may depend on the ticket.
NeedsOf = Callable[[Ticket], Needs]


@dataclass(frozen=True)
class TicketContext:
    """A ticket with what a decision about it needs, all read at one moment.

    `message` is the one that was asked for, by its id or by its request_id, and `more_messages` are its further parts,
    where a request_id asked for a reply that was split, or the one that repeats it. `seen` is the message that the
    writer has seen last, if one was named, and `newer` what came behind it, oldest first: texts and replies that were
    not cancelled, the newest MOST_NEWER of them. The rest was read for its Needs alone: asking for what was not read is
    a bug, and raises LookupError.
    """

    ticket: Ticket
    message: Message | None = None
    more_messages: tuple[Message, ...] = ()
    read: Mapping[Needs, Any] = field(default_factory=dict)
    seen: Message | None = None
    newer: tuple[Message, ...] = ()

    @property
    def customer(self) -> Customer:
        """Whose ticket it is."""
        customer: Customer = self._read(Needs.CUSTOMER)
        return customer

    @property
    def channel(self) -> Channel | None:
        """None when it was removed."""
        channel: Channel | None = self._read(Needs.CHANNEL)
        return channel

    @property
    def live_ticket_id(self) -> str | None:
        """Which ticket holds the thread."""
        ticket_id: str | None = self._read(Needs.LIVE_TICKET)
        return ticket_id

    @property
    def ai_turn(self) -> str:
        """The version of the AI's turn, empty when it has none."""
        version: str = self._read(Needs.AI_TURN)
        return version

    @property
    def scheduled(self) -> Sequence[Message]:
        """The ticket's messages that wait for their time."""
        messages: Sequence[Message] = self._read(Needs.SCHEDULED)
        return messages

    @property
    def ai_replies(self) -> ReplyCounts:
        """How many replies the AI has sent from the ticket's channel, and to its customer."""
        counts: ReplyCounts = self._read(Needs.AI_REPLIES)
        return counts

    def _read(self, need: Needs) -> Any:
        if need not in self.read:
            raise LookupError(f"the decision did not say that it needs {need.name}")
        return self.read[need]


@dataclass(frozen=True)
class TicketWrite:
    """What a decision writes: the ticket (its audit sequence is the store's to set), new audit entries, a message, new
    or changed, new ones that go on where that one ends, others that changed (before and after), the AI's turn when it
    starts or ends, the counts of its replies where they change, and the question that it leaves unanswered. Without
    entries nothing is written."""

    ticket: Ticket
    entries: tuple[AuditEntry, ...] = ()
    message: Message | None = None
    customer: Customer | None = None
    ai_turn: TurnStart | TurnEnd | None = None
    more_messages: tuple[Message, ...] = ()
    changed_messages: tuple[tuple[Message, Message], ...] = ()
    ai_replies: ReplyCounts | None = None
    question: Question | None = None


Decide = Callable[[TicketContext], TicketWrite]

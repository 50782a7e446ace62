"""A decision about a thread that may have no ticket yet: what it reads, and what it writes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.first_texts import FirstTexts
from ticket_service.domain.ticket import Ticket, TicketChange


@dataclass(frozen=True)
class ThreadContext:
    """What there is of a thread, all read at one moment: its channel, None when it was removed or never was; its live
    ticket, whichever workspace has it; the workspace's customer; and what its organization has begun.

    `message` is the one that has the request_id already, with its `ticket` and its further parts, `more_messages`.
    """

    channel: Channel | None = None
    live: Ticket | None = None
    customer: Customer | None = None
    first_texts: FirstTexts = field(default_factory=FirstTexts)
    message: Message | None = None
    more_messages: tuple[Message, ...] = ()
    ticket: Ticket | None = None


@dataclass(frozen=True)
class ThreadWrite:
    """What a decision writes: the ticket, new or the live one, with new audit entries and messages; a customer, new or
    changed; the ticket that leaves the thread to it; and the count with a new conversation. Without entries nothing is
    written."""

    ticket: Ticket
    messages: tuple[Message, ...]
    entries: tuple[AuditEntry, ...] = ()
    is_new: bool = False
    customer: Customer | None = None
    succeeded: TicketChange | None = None
    first_texts: FirstTexts | None = None


DecideOnThread = Callable[[ThreadContext], ThreadWrite]

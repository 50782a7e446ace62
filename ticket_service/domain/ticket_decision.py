"""A decision about a ticket: what it is told, and what it has written. Standard library only."""

from collections.abc import Callable
from dataclasses import dataclass

from ticket_service.domain.ai_turn import TurnEnd, TurnStart
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket


@dataclass(frozen=True)
class TicketContext:
    """A ticket with what decisions about it need, all read at one moment.

    `channel` is None when it was removed; `live_ticket_id` is who holds the thread; `message` is the one that was asked
    for, by its id or by its request_id, and `more_messages` are its further parts, where a request_id asked for a reply
    that was split; `ai_turn` is the version of the AI's turn, empty when it has none.
    """

    ticket: Ticket
    customer: Customer
    channel: Channel | None
    live_ticket_id: str | None
    message: Message | None = None
    ai_turn: str = ""
    more_messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class TicketWrite:
    """What a decision writes: the ticket (its audit sequence is the store's to set), new audit entries, a message, new
    or changed, new ones that go on where that one ends, and the AI's turn when it starts or ends. Without entries
    nothing is written."""

    ticket: Ticket
    entries: tuple[AuditEntry, ...] = ()
    message: Message | None = None
    customer: Customer | None = None
    ai_turn: TurnStart | TurnEnd | None = None
    more_messages: tuple[Message, ...] = ()


Decide = Callable[[TicketContext], TicketWrite]

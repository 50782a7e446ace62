"""What a ticket says of its conversation, kept up with each text; and made from the messages where a version before
this one kept nothing of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.inbox.last_message import LastMessage, newest, without_preview
from ticket_service.domain.message import DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket, TicketState


def with_messages(ticket: Ticket, messages: Sequence[Message], now: datetime) -> Ticket:
    """The ticket with these texts more, all of one direction. Who replies has read it; a text of the customer nobody
    has."""
    is_inbound = messages[-1].direction is Direction.INBOUND
    # At once: a ticket has many fields, and copying it is a good part of what a text costs.
    changed = replace(
        ticket,
        message_count=ticket.message_count + len(messages),
        summed_count=ticket.summed_count + len(messages),
        last_message=newest(ticket.last_message, messages),
        update_time=now,
        inbound_position=ticket.last_position + len(messages) if is_inbound else ticket.inbound_position,
        read_by=() if is_inbound else ticket.read_by,
    )
    return changed if is_inbound else _read_by_author(changed, messages[-1].author)


def waiting(ticket: Ticket, text: Message) -> Ticket:
    """The ticket after a text of the customer that waits for an answer: since that one, unless they have waited before.
    One that was recovered waits since it was sent."""
    if ticket.state is not TicketState.OPEN:
        return ticket
    since = min(text.message_time, ticket.waiting_since or text.message_time, text.create_time)
    return ticket if since == ticket.waiting_since else replace(ticket, waiting_since=since)


def summed_up(ticket: Ticket, latest: Sequence[Message], customer_name: str) -> Ticket:
    """The same ticket with what `latest` says, its last texts in order. Who waits for longer than they reach back waits
    since the first of them. Nobody is said to have unread texts in it: that was not kept."""
    unanswered = _unanswered(latest)
    since = unanswered[0].message_time if unanswered else ticket.waiting_since or ticket.update_time
    last = newest(None, latest) or LastMessage(ticket.create_time, Direction.INBOUND)
    is_open = ticket.state is TicketState.OPEN
    return replace(
        ticket,
        waiting_since=since if is_open else None,
        last_message=without_preview(last) if ticket.seal_time else last,
        customer_display_name=customer_name,
        failed_reply=ticket.state is not TicketState.CLOSED and _last_reply_failed(latest),
        summed_count=ticket.message_count,
    )


def _unanswered(latest: Sequence[Message]) -> list[Message]:
    """Texts of the customer behind our last answer. The notice that a person will answer is not an answer."""
    waits: list[Message] = []
    for message in latest:
        if message.direction is Direction.INBOUND:
            waits.append(message)
        elif message.direction is Direction.OUTBOUND and not message.is_notice:
            waits = []
    return waits


def _last_reply_failed(latest: Sequence[Message]) -> bool:
    deliveries = [message.delivery for message in latest if message.delivery]
    return bool(deliveries) and deliveries[-1].state is DeliveryState.FAILED


def _read_by_author(ticket: Ticket, author: Actor) -> Ticket:
    if author.kind is not ActorKind.AGENT or author.id in ticket.read_by:
        return ticket
    return replace(ticket, read_by=(*ticket.read_by, author.id))

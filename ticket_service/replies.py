"""Use case: answer a customer. Stores the reply as QUEUED; the outbox relay sends it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from servicekit import phone_numbers
from servicekit.clock import Clock
from servicekit.phone_numbers import AddressKind
from servicekit.segments import segment_count
from ticket_service import errors
from ticket_service.audit import Actor, AuditEntry
from ticket_service.message import MAX_REPLY_CHARACTERS, Delivery, DeliveryState, Direction, Message
from ticket_service.store import TicketContext, TicketStore, TicketWrite
from ticket_service.ticket import Ticket, replied
from ticket_service.tickets import earlier_write, new_message, require_request_id


class Replies:
    """Replies of all workspaces. `wake_outbox` is called after each, so that it leaves at once."""

    def __init__(self, store: TicketStore, clock: Clock, wake_outbox: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake_outbox = wake_outbox

    async def reply(
        self, workspace_id: str, ticket_id: str, text: str, request_id: str, actor: Actor
    ) -> tuple[Message, Ticket]:
        """The reply and the ticket after it. ticket_service.proto, ReplyToTicket, names what is raised."""
        require_sendable(text)
        require_request_id(request_id)

        def decide(context: TicketContext) -> TicketWrite:
            if context.message is not None:
                return earlier_write(context, ticket_id, text, Direction.OUTBOUND, request_id)
            return queued(context, text, request_id, actor, self._clock())

        write = await self._store.change_ticket(workspace_id, ticket_id, decide, request_id)
        self._wake_outbox()
        assert write.message is not None
        return write.message, write.ticket


def queued(context: TicketContext, text: str, request_id: str, actor: Actor, now: datetime) -> TicketWrite:
    """A reply in the outbox, and the ticket after it. ticket_service.proto, ReplyToTicket, names what is raised."""
    change = replied(context.ticket, actor, now)
    message, entry = queued_text(context, text, request_id, actor, now)
    return TicketWrite(change.ticket.with_message(now), (entry, *change.entries), message)


def queued_text(
    context: TicketContext, text: str, request_id: str, actor: Actor, now: datetime
) -> tuple[Message, AuditEntry]:
    """A text in the outbox, and what the audit trail says of it. Raises as ReplyToTicket does."""
    require_sendable(text)
    _require_reachable(context)
    message = replace(
        new_message(context.ticket, Direction.OUTBOUND, text, request_id, actor, now),
        position=context.ticket.message_count + 1,
        delivery=Delivery(DeliveryState.QUEUED, now),
    )
    entry = AuditEntry("message.queued", message.message_id, actor, now, {"segments": str(segment_count(text))})
    return message, entry


def require_sendable(text: str) -> None:
    """Raises FIELD_REQUIRED or MESSAGE_TOO_LONG."""
    if not text.strip():
        raise errors.required("text")
    if len(text) > MAX_REPLY_CHARACTERS:
        raise errors.message_too_long(len(text), segment_count(text), MAX_REPLY_CHARACTERS)


def _require_reachable(context: TicketContext) -> None:
    if context.channel is None:
        raise errors.channel_removed(context.ticket.channel_id)
    if context.customer.opted_out:
        raise errors.recipient_opted_out()
    # The address is normalised already, so the region does not matter.
    address = phone_numbers.normalize(context.ticket.customer_address, "ZZ")
    if address is None or address.kind is AddressKind.ALPHANUMERIC:
        raise errors.recipient_cannot_receive()

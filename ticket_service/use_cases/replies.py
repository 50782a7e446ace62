"""Use case: answer a customer. Stores the reply as QUEUED; the outbox relay sends it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from servicekit import phone_numbers
from servicekit.clock import Clock
from servicekit.segments import segment_count
from ticket_service import customer_errors, errors, outgoing_errors
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.inbox.summary import with_messages
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Media, Message
from ticket_service.domain.texts.consent import is_opted_out
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_changes import replied, require_not_closed, taken
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.checks import require_request_id, require_send_time
from ticket_service.use_cases.new_messages import earlier_write, new_message
from ticket_service.use_cases.outgoing.reply_contents import PreparedReply, ReplyContent
from ticket_service.use_cases.outgoing.unseen import NOT_COMPARED, Seen, require_nothing_newer

# Whether the customer can be reached.
NEEDS_OF_REPLY = Needs.CUSTOMER | Needs.CHANNEL


@dataclass(frozen=True)
class Replied:
    """The messages of a reply, in the order in which they leave, and the ticket after it."""

    messages: tuple[Message, ...]
    ticket: Ticket
    # Not what the same request had stored before, nor a preview.
    is_new: bool = False


class Replies:
    """Replies of all workspaces. `wake_outbox` is called after each, so that it leaves at once."""

    def __init__(self, store: TicketStore, clock: Clock, wake_outbox: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake_outbox = wake_outbox

    async def reply(
        self,
        workspace_id: str,
        ticket_id: str,
        content: ReplyContent,
        request_id: str,
        actor: Actor,
        seen: Seen = NOT_COMPARED,
    ) -> Replied:
        """Stores a reply. ticket_service.proto, ReplyToTicket, names what is raised."""
        replied = await self._decided(workspace_id, ticket_id, content, request_id, actor, seen, store=True)
        self._wake_outbox()
        return replied

    async def preview(
        self,
        workspace_id: str,
        ticket_id: str,
        content: ReplyContent,
        request_id: str,
        actor: Actor,
        seen: Seen = NOT_COMPARED,
    ) -> Replied:
        """What `reply` would store, without ids, or what it would raise. Stores nothing."""
        replied = await self._decided(workspace_id, ticket_id, content, request_id, actor, seen, store=False)
        return replace(replied, messages=tuple(replace(message, message_id="") for message in replied.messages))

    async def _decided(
        self,
        workspace_id: str,
        ticket_id: str,
        content: ReplyContent,
        request_id: str,
        actor: Actor,
        seen: Seen,
        store: bool,
    ) -> Replied:
        reply = content.prepared()
        require_request_id(request_id)

        def decide(context: TicketContext) -> TicketWrite:
            if context.message is not None:
                return _earlier(context, ticket_id, reply, request_id)
            require_nothing_newer(context, seen)
            write = stored(context, reply, request_id, actor, self._clock())
            return write if store else replace(write, entries=())

        write = await self._store.change_ticket(
            workspace_id, ticket_id, decide, NEEDS_OF_REPLY, request_id, seen.message_id
        )
        assert write.message is not None
        return Replied((write.message, *write.more_messages), write.ticket, bool(write.entries))


def stored(context: TicketContext, reply: PreparedReply, request_id: str, actor: Actor, now: datetime) -> TicketWrite:
    """A reply in the outbox, or one that waits for its time, and the ticket after it."""
    if reply.content.send_time is None:
        return queued(context, reply, request_id, actor, now)
    return scheduled(context, reply, request_id, actor, now)


def queued(context: TicketContext, reply: PreparedReply, request_id: str, actor: Actor, now: datetime) -> TicketWrite:
    """A reply in the outbox, and the ticket after it. ticket_service.proto, ReplyToTicket, names what is raised."""
    change = replied(context.ticket, actor, now)
    (first, *rest), entries = queued_parts(context, reply, request_id, actor, now)
    ticket = with_messages(change.ticket, [first, *rest], now)
    return TicketWrite(ticket, (*entries, *change.entries), first, more_messages=tuple(rest))


def queued_text(
    context: TicketContext, text: str, request_id: str, actor: Actor, now: datetime
) -> tuple[Message, AuditEntry]:
    """A text in the outbox, and what the audit trail says of it. Raises as ReplyToTicket does."""
    (message,), (entry,) = queued_parts(context, ReplyContent(text).prepared(), request_id, actor, now)
    return message, entry


def scheduled(
    context: TicketContext, reply: PreparedReply, request_id: str, actor: Actor, now: datetime
) -> TicketWrite:
    """A reply that waits for its time, whole, and the ticket after it: it is taken, and stays in its state. Raises as
    `queued` does, and FIELD_INVALID for its time."""
    require_not_closed(context.ticket)
    require_reachable(context)
    require_send_time(reply.content.send_time, now)
    content, ticket = reply.content, context.ticket
    segments = sum(map(segment_count, reply.parts))
    message = replace(
        new_message(ticket, Direction.OUTBOUND, content.text, request_id, actor, now),
        message_time=content.send_time or now,
        send_time=content.send_time,
        position=ticket.last_position + 1,
        media=tuple(Media(url, "") for url in content.media_urls),
        request_digest=reply.digest if request_id else "",
        delivery=Delivery(DeliveryState.SCHEDULED, now, segments=segments),
    )
    change = taken(ticket, actor, now)
    entry = _entry(message, 1, 1, now)
    return TicketWrite(change.ticket.with_scheduled(now), (entry, *change.entries), message)


def queued_parts(
    context: TicketContext, reply: PreparedReply, request_id: str, actor: Actor, now: datetime
) -> tuple[list[Message], list[AuditEntry]]:
    """The messages of a reply in the outbox, and what the audit trail says of them."""
    require_reachable(context)
    # Replies of one ticket leave in the order of their positions, each under its own id.
    messages = [_queued_part(context, text, number, actor, now) for number, text in enumerate(reply.parts, 1)]
    # Only the first message has the request's id: the others are found through it.
    messages[0] = replace(
        messages[0],
        request_id=request_id,
        media=tuple(Media(url, "") for url in reply.content.media_urls),
        request_digest=reply.digest if request_id else "",
        further_parts=tuple(message.message_id for message in messages[1:]),
    )
    return messages, [_entry(message, number, len(messages), now) for number, message in enumerate(messages, 1)]


def _queued_part(context: TicketContext, text: str, number: int, actor: Actor, now: datetime) -> Message:
    ticket, channel = context.ticket, context.channel
    # Twilio bills an MMS as one, however long its text is, and says so once it has it. Until then, and where the
    # carrier gets a link instead of the media, the text's segments count.
    return replace(
        new_message(ticket, Direction.OUTBOUND, text, "", actor, now),
        # The account that has the number now: it may have moved since the ticket began.
        account_sid=channel.account_sid if channel else ticket.account_sid,
        position=ticket.last_position + number,
        delivery=Delivery(DeliveryState.QUEUED, now, segments=segment_count(text)),
    )


def _entry(message: Message, number: int, parts: int, now: datetime) -> AuditEntry:
    details = {"segments": str(message.delivery.segments)} if message.delivery else {}
    if parts > 1:
        details["part"] = f"{number} of {parts}"
    if message.media:
        details["media"] = str(len(message.media))
    action = AuditAction.MESSAGE_QUEUED
    if message.send_time is not None:
        action = AuditAction.MESSAGE_SCHEDULED
        details["send_time"] = message.send_time.isoformat(timespec="seconds")
    return AuditEntry(action, message.message_id, message.author, now, details)


def _earlier(context: TicketContext, ticket_id: str, reply: PreparedReply, request_id: str) -> TicketWrite:
    """What the same request did before. Raises REQUEST_ID_REUSED when it was not the same request."""
    earlier = context.message
    if earlier is None or earlier.request_digest != reply.digest:
        raise errors.request_id_reused(request_id)
    # The same digest is the same request; the first message has only a part of its text.
    text = earlier.text if reply.digest else reply.content.text
    write = earlier_write(context, ticket_id, text, Direction.OUTBOUND, request_id)
    return replace(write, more_messages=context.more_messages)


def require_reachable(context: TicketContext) -> None:
    """Raises CHANNEL_NOT_FOUND, CUSTOMER_BLOCKED, RECIPIENT_WANTS_NO_TEXTS, RECIPIENT_OPTED_OUT or
    RECIPIENT_CANNOT_RECEIVE."""
    if context.channel is None:
        raise errors.channel_removed(context.ticket.channel_id)
    if context.customer.blocked_time is not None:
        raise customer_errors.customer_blocked(context.customer.customer_id)
    if context.customer.no_texts is not None:
        raise errors.recipient_wants_no_texts()
    if is_opted_out(context.customer.consents, context.ticket.channel_address):
        raise errors.recipient_opted_out()
    if context.customer.opted_out and not context.ticket.message_count:
        # Nothing was said on it yet: it is a first text, for which nobody waits.
        raise outgoing_errors.opted_out_of_any_number()
    # The address is normalised already, so the region does not matter.
    address = phone_numbers.normalize(context.ticket.customer_address, "ZZ")
    if address is None or not address.can_be_texted:
        raise errors.recipient_cannot_receive()

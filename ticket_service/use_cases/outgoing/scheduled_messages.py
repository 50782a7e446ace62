"""Use cases: replies and first texts that are sent later. Each is let go, cancelled or given up in one transaction with
its ticket, and before that the outbox knows nothing of it: who cancels it and who lets it go cannot both succeed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.paging import Page, Position, is_text, is_time, page
from servicekit.segments import segment_count
from ticket_service import errors, outgoing_errors
from ticket_service.domain import ticket_changes
from ticket_service.domain.audit import THE_SERVICE, Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.inbox.summary import with_messages
from ticket_service.domain.message import Delivery, DeliveryState, Message
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.outgoing.scheduled_messages import ScheduledMessageStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.outgoing.given_up import note_ends
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.replies import NEEDS_OF_REPLY, Replied, queued_parts, require_reachable


class ScheduledMessages:
    """Those of all workspaces. `wake_outbox` is called when one is let go."""

    def __init__(
        self, store: ScheduledMessageStore, tickets: TicketStore, clock: Clock, wake_outbox: Callable[[], None]
    ) -> None:
        self._store = store
        self._tickets = tickets
        self._clock = clock
        self._wake_outbox = wake_outbox

    async def list_scheduled(self, workspace_id: str, asked: Page) -> tuple[list[Message], str]:
        """A page of those that wait, the next one first, and the next page's token."""

        async def read(position: Position, limit: int) -> list[Message]:
            after = (datetime.fromisoformat(str(position[0])), str(position[1])) if position else None
            return await self._store.list_scheduled(workspace_id, after, limit)

        def place(last: Message) -> list[str | int]:
            return [last.send_time.isoformat() if last.send_time else "", last.message_id]

        return await page(asked, [workspace_id], read, place, (is_time, is_text))

    async def cancel(self, workspace_id: str, message_id: str, actor: Actor) -> Replied:
        """The message, CANCELLED, and its ticket. Raises MESSAGE_NOT_FOUND, MESSAGE_NOT_SCHEDULED."""

        def decide(context: TicketContext) -> TicketWrite:
            message = context.message
            state = message.delivery.state if message and message.delivery else None
            if message is None or state is None:
                raise errors.message_not_found(message_id)
            if state is DeliveryState.CANCELLED:
                return TicketWrite(context.ticket, (), message)
            if state is not DeliveryState.SCHEDULED:
                raise outgoing_errors.message_not_scheduled(message_id, state.value)
            return _cancelled(context, message, actor, self._clock())

        return await self._changed(workspace_id, message_id, decide)

    async def let_go(self, workspace_id: str, message_id: str) -> Replied:
        """The messages, QUEUED, whose time has come. Or FAILED, when the customer must not or cannot be texted any
        more; CANCELLED, when the ticket is closed; what waits no more stays as it is. Raises MESSAGE_NOT_FOUND."""

        def decide(context: TicketContext) -> TicketWrite:
            message = context.message
            if message is None or not message.waits_for_its_time:
                return TicketWrite(context.ticket, (), message)
            return _let_go(context, message, self._clock())

        gone = await self._changed(workspace_id, message_id, decide, NEEDS_OF_REPLY)
        self._wake_outbox()
        return gone

    async def end(self, message: Message) -> None:
        """Cancels one whose ticket is being erased, if it still waits."""

        def decide(context: TicketContext) -> TicketWrite:
            known = context.message
            if known is None or not known.waits_for_its_time:
                return TicketWrite(context.ticket, (), known)
            return _cancelled(context, known, THE_SERVICE, self._clock())

        await self._changed(message.workspace_id, message.message_id, decide)

    async def _changed(
        self,
        workspace_id: str,
        message_id: str,
        decide: Callable[[TicketContext], TicketWrite],
        needs: Needs = Needs.NOTHING_MORE,
    ) -> Replied:
        write = await self._tickets.change_message(workspace_id, message_id, decide, needs)
        note_ends(write)
        assert write.message is not None
        return Replied((write.message, *write.more_messages), write.ticket)


def needs_of_closing(ticket: Ticket) -> Needs:
    """What `closed` needs: messages that wait, where there are some."""
    return Needs.SCHEDULED if ticket.scheduled_count else Needs.NOTHING_MORE


def closed(context: TicketContext, actor: Actor, now: datetime) -> TicketWrite:
    """The ticket, CLOSED, and the messages on it that waited for their time, CANCELLED."""
    change = ticket_changes.close(context.ticket, actor, now)
    waiting = context.scheduled if change.entries and context.ticket.scheduled_count else ()
    entries = [_cancelling(message, actor, "ticket_closed", now) for message in waiting]
    cancelled = tuple((message, _ended(message, DeliveryState.CANCELLED, now)) for message in waiting)
    return TicketWrite(change.ticket, (*change.entries, *entries), changed_messages=cancelled)


def _let_go(context: TicketContext, message: Message, now: datetime) -> TicketWrite:
    if context.ticket.state is TicketState.CLOSED:
        return _cancelled(context, message, THE_SERVICE, now)
    try:
        require_reachable(context)
    except KevaError as error:
        return _given_up(context, message, error, now)
    reply = ReplyContent(message.text, tuple(item.url for item in message.media), split=True).prepared()
    parts, entries = queued_parts(context, reply, message.request_id, message.author, now)
    first, *rest = [replace(part, scheduled_position=message.position) for part in parts]
    # Under its own id: what is known of it, and what its caller was told, goes on.
    left = replace(
        first,
        message_id=message.message_id,
        create_time=message.create_time,
        send_time=message.send_time,
        request_digest=message.request_digest,
        consent_basis=message.consent_basis,
    )
    entries[0] = replace(entries[0], subject_id=left.message_id, details={**entries[0].details, "scheduled": "true"})
    again = _begun_again(context.ticket.without_scheduled(now), message, now)
    change = ticket_changes.said(again.ticket, message.author, now)
    # Its writer may not have been there since.
    ticket = replace(with_messages(change.ticket, [left, *rest], now), read_by=context.ticket.read_by)
    return TicketWrite(ticket, (*entries, *again.entries, *change.entries), left, more_messages=tuple(rest))


def _begun_again(ticket: Ticket, message: Message, now: datetime) -> TicketChange:
    """A first text that leaves opens the ticket that was RESOLVED when it was written, unless somebody has resolved it
    again since, or its thread is another one's."""
    since = ticket.resolve_time
    is_same = since is not None and since <= message.create_time and ticket.holds_thread
    if not (message.reopens and is_same):
        return TicketChange(ticket)
    return ticket_changes.begun_again(ticket, message.author, now)


def _given_up(context: TicketContext, message: Message, error: KevaError, now: datetime) -> TicketWrite:
    failed = _ended(message, DeliveryState.FAILED, now, error.message)
    details = {"from": DeliveryState.SCHEDULED.value, "to": DeliveryState.FAILED.value, "reason": error.reason}
    entry = AuditEntry(AuditAction.MESSAGE_DELIVERY_CHANGED, message.message_id, THE_SERVICE, now, details)
    ticket = ticket_changes.delivery_changed(context.ticket.without_scheduled(now), failed=True, now=now)
    return TicketWrite(ticket, (entry,), failed)


def _cancelled(context: TicketContext, message: Message, actor: Actor, now: datetime) -> TicketWrite:
    """With nothing else on it, its ticket is CLOSED: it would hold its thread for nothing."""
    was_closed = context.ticket.state is TicketState.CLOSED
    ticket = context.ticket.without_scheduled(now)
    entry = _cancelling(message, actor, "ticket_closed" if was_closed else "by_request", now)
    is_empty = not (ticket.message_count or ticket.scheduled_count)
    change = ticket_changes.close(ticket, actor, now) if is_empty else TicketChange(ticket)
    return TicketWrite(change.ticket, (entry, *change.entries), _ended(message, DeliveryState.CANCELLED, now))


def _cancelling(message: Message, actor: Actor, why: str, now: datetime) -> AuditEntry:
    return AuditEntry(AuditAction.MESSAGE_CANCELLED, message.message_id, actor, now, {"why": why})


def _ended(message: Message, state: DeliveryState, now: datetime, why: str = "") -> Message:
    """It stands in the conversation where it ended."""
    delivery = Delivery(state, now, error_text=why, segments=segment_count(message.text))
    return replace(message, delivery=delivery, message_time=now)

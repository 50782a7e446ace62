"""Use cases: read messages, add notes, and what all messages that are written here share."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.limits import COMPARED_PER_CALL
from servicekit.paging import Page, Position, page
from ticket_service import errors
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import MAX_NOTE_CHARACTERS, Direction, Message
from ticket_service.domain.ticket import Ticket, TicketState
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.messages import MessageStore
from ticket_service.ports.tickets import TicketStore

_MAX_REQUEST_ID_CHARACTERS = 128


class Messages:
    """Messages of all workspaces."""

    def __init__(self, store: MessageStore, tickets: TicketStore, clock: Clock) -> None:
        self._store = store
        self._tickets = tickets
        self._clock = clock

    async def list_messages(self, workspace_id: str, ticket_id: str, asked: Page) -> tuple[list[Message], str]:
        """A page of a ticket's messages, oldest first, and the next page's token. Raises TICKET_NOT_FOUND."""
        await self._tickets.get_ticket(workspace_id, ticket_id)

        async def read(position: Position, limit: int) -> list[Message]:
            after = (datetime.fromisoformat(str(position[0])), str(position[1])) if position else None
            return await self._store.list_messages(workspace_id, ticket_id, after, limit)

        return await page(
            asked, [workspace_id, ticket_id], read, lambda last: [last.message_time.isoformat(), last.message_id]
        )

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Sequence[str]
    ) -> dict[str, datetime]:
        """Where those of an account's inbound texts that are stored stand in their conversations, by MessageSid.
        Raises FIELD_INVALID."""
        if len(message_sids) > COMPARED_PER_CALL:
            raise errors.invalid("twilio_message_sids", f"may be at most {COMPARED_PER_CALL}")
        return await self._store.stored_times(organization_id, account_sid, message_sids)

    async def add_note(self, workspace_id: str, ticket_id: str, text: str, request_id: str, actor: Actor) -> Message:
        """Raises TICKET_NOT_FOUND, FIELD_REQUIRED, FIELD_INVALID, REQUEST_ID_REUSED, TICKET_ERASED,
        CUSTOMER_FORGOTTEN."""
        _require_text(text, MAX_NOTE_CHARACTERS)
        require_request_id(request_id)

        def decide(context: TicketContext) -> TicketWrite:
            if context.message is not None:
                return earlier_write(context, ticket_id, text, Direction.NOTE, request_id)
            _require_kept(context)
            now = self._clock()
            note = new_message(context.ticket, Direction.NOTE, text, request_id, actor, now)
            entry = AuditEntry(AuditAction.NOTE_ADDED, note.message_id, actor, now)
            return TicketWrite(replace(context.ticket, update_time=now), (entry,), note)

        write = await self._tickets.change_ticket(workspace_id, ticket_id, decide, _needs, request_id)
        assert write.message is not None
        return write.message


def new_message(
    ticket: Ticket, direction: Direction, text: str, request_id: str, actor: Actor, now: datetime
) -> Message:
    """A reply or note on `ticket`."""
    return Message(
        message_id=new_id("msg"),
        organization_id=ticket.organization_id,
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id=ticket.channel_id if direction is Direction.OUTBOUND else "",
        direction=direction,
        author=actor,
        text=text,
        message_time=now,
        create_time=now,
        account_sid=ticket.account_sid if direction is Direction.OUTBOUND else "",
        request_id=request_id,
    )


def earlier_write(
    context: TicketContext, ticket_id: str, text: str, direction: Direction, request_id: str
) -> TicketWrite:
    """What the same request did before. Raises REQUEST_ID_REUSED when it was not the same request."""
    earlier = context.message
    if earlier is None or (earlier.ticket_id, earlier.text, earlier.direction) != (ticket_id, text, direction):
        raise errors.request_id_reused(request_id)
    return TicketWrite(context.ticket, (), earlier)


def _needs(known: Ticket) -> Needs:
    """Forgetting a customer closes all that is not CLOSED: with another ticket, the customer is not forgotten."""
    return Needs.CUSTOMER if known.state is TicketState.CLOSED else Needs.NOTHING_MORE


def _require_kept(context: TicketContext) -> None:
    """Raises CUSTOMER_FORGOTTEN or TICKET_ERASED: what is added to what is being erased might stay."""
    if context.ticket.state is TicketState.CLOSED and context.customer.forget_time:
        raise errors.customer_forgotten(context.customer.customer_id)
    if context.ticket.seal_time:
        raise errors.ticket_erased(context.ticket.ticket_id)


def _require_text(text: str, limit: int) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID."""
    if not text.strip():
        raise errors.required("text")
    if len(text) > limit:
        raise errors.invalid("text", f"is longer than {limit} characters")


def require_request_id(request_id: str) -> None:
    """Raises FIELD_INVALID."""
    if len(request_id) > _MAX_REQUEST_ID_CHARACTERS:
        raise errors.invalid("request_id", f"is longer than {_MAX_REQUEST_ID_CHARACTERS} characters")

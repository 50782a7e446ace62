"""Adding replies and notes to a ticket: once per request, and never to what is being erased."""

from datetime import datetime

from servicekit.ids import new_id
from ticket_service import errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.message import Direction, Message
from ticket_service.domain.ticket import Ticket, TicketState
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite


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


def needs_of_note(known: Ticket) -> Needs:
    """Only a CLOSED ticket's customer can have been forgotten: forgetting closes all tickets of a customer."""
    return Needs.CUSTOMER if known.state is TicketState.CLOSED else Needs.NOTHING_MORE


def require_kept(context: TicketContext) -> None:
    """Raises CUSTOMER_FORGOTTEN or TICKET_ERASED: what is added while a ticket is erased might stay."""
    if context.ticket.state is TicketState.CLOSED and context.customer.forget_time:
        raise errors.customer_forgotten(context.customer.customer_id)
    if context.ticket.seal_time:
        raise errors.ticket_erased(context.ticket.ticket_id)

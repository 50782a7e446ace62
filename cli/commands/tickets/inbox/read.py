"""`keva tickets read` and `unread`."""

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from client.selection import find_ticket_id
from keva.ticket.v1 import ticket_service_pb2


async def read(session: Session, ticket: TicketArgument) -> None:
    """Mark a ticket as read by the acting agent, up to its last message."""
    request = ticket_service_pb2.MarkTicketReadRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    marked = (await session.ask(session.services.tickets.MarkTicketRead, request)).ticket
    show_change(session, marked, "is read")


async def unread(session: Session, ticket: TicketArgument) -> None:
    """Mark a ticket as one that the acting agent has still to read."""
    request = ticket_service_pb2.MarkTicketUnreadRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    marked = (await session.ask(session.services.tickets.MarkTicketUnread, request)).ticket
    show_change(session, marked, "is unread")

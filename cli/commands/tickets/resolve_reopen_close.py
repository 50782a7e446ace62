"""`keva tickets resolve`, `reopen` and `close`."""

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from client.selection import find_ticket_id
from client.words.enums import ticket_state_name
from keva.ticket.v1 import ticket_service_pb2


async def resolve(session: Session, ticket: TicketArgument) -> None:
    """Resolve a ticket: the matter is settled. The customer's next text may reopen it."""
    request = ticket_service_pb2.ResolveTicketRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.services.tickets.ResolveTicket, request)).ticket)


async def reopen(session: Session, ticket: TicketArgument) -> None:
    """Reopen a resolved or pending ticket."""
    request = ticket_service_pb2.ReopenTicketRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.services.tickets.ReopenTicket, request)).ticket)


async def close(session: Session, ticket: TicketArgument) -> None:
    """Close a ticket for good. The customer's next text opens a new one."""
    request = ticket_service_pb2.CloseTicketRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.services.tickets.CloseTicket, request)).ticket)


def _show_state(session: Session, ticket: ticket_service_pb2.Ticket) -> None:
    show_change(session, ticket, f"is {ticket_state_name(ticket)}")

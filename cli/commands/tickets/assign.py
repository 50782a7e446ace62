"""`keva tickets assign`."""

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from cli.terminal.choices import AssigneeArgument
from client.selection import find_ticket_id
from client.words.actors import assignee_text
from keva.ticket.v1 import ticket_service_pb2


async def assign(session: Session, ticket: TicketArgument, assignee: AssigneeArgument) -> None:
    """Assign a ticket to an agent, to the AI, or to nobody.

    The AI answers a ticket that is assigned to it, also one that it has handed off before."""
    request = ticket_service_pb2.AssignTicketRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket), assignee=assignee
    )
    changed = (await session.ask(session.services.tickets.AssignTicket, request)).ticket
    show_change(session, changed, f"is assigned to {assignee_text(changed.assignee)}")

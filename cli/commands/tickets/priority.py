"""`keva tickets priority`."""

from typing import Annotated

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from client.selection import find_ticket_id
from client.words.enums import Priority, priority_name
from keva.ticket.v1 import ticket_service_pb2

PriorityArgument = Annotated[
    Priority, typer.Argument(metavar="PRIORITY", help="low, normal, high or urgent", case_sensitive=False)
]


async def priority(session: Session, ticket: TicketArgument, level: PriorityArgument) -> None:
    """Change a ticket's priority."""
    request = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=session.workspace_id,
        ticket=ticket_service_pb2.Ticket(ticket_id=await find_ticket_id(session, ticket), priority=level.to_proto()),
        update_mask=FieldMask(paths=["priority"]),
    )
    changed = (await session.ask(session.services.tickets.UpdateTicket, request)).ticket
    show_change(session, changed, f"has priority {priority_name(changed.priority)}")

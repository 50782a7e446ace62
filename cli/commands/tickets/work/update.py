"""`keva tickets update`."""

from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from client.failure import unusable
from client.selection import find_ticket_id
from client.words.enums import Priority
from keva.ticket.v1 import ticket_service_pb2 as pb

SubjectOption = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is about; at most 200 characters")]
PriorityOption = Annotated[
    Priority | None, typer.Option(metavar="PRIORITY", help="low, normal, high or urgent", case_sensitive=False)
]


async def update(
    session: Session, ticket: TicketArgument, subject: SubjectOption = None, priority: PriorityOption = None
) -> None:
    """Change a ticket's subject or priority. What you leave out stays as it is."""
    given = {"subject": subject, "priority": priority.to_proto() if priority else None}
    chosen: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if not chosen:
        raise unusable("Nothing to change.", "Give --subject or --priority.")
    request = pb.UpdateTicketRequest(
        workspace_id=session.workspace_id,
        ticket=pb.Ticket(ticket_id=await find_ticket_id(session, ticket), **chosen),
        update_mask=FieldMask(paths=list(chosen)),
    )
    changed = (await session.ask(session.services.tickets.UpdateTicket, request)).ticket
    show_change(session, changed, f"has changed: {' and '.join(chosen)}")

"""`keva tickets note`."""

import uuid

from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.writing import RequestIdOption, TextArgument, read_text, repeatable
from cli.session import Session
from cli.terminal import output
from client.selection import find_ticket
from keva.ticket.v1 import ticket_service_pb2


async def note(session: Session, ticket: TicketArgument, text: TextArgument, request_id: RequestIdOption = "") -> None:
    """Write an internal note. The customer never sees it; closed tickets take notes too."""
    found = await find_ticket(session, ticket)
    request = ticket_service_pb2.AddNoteRequest(
        workspace_id=session.workspace_id,
        ticket_id=found.ticket_id,
        text=read_text(text),
        request_id=request_id or str(uuid.uuid4()),
    )
    with repeatable(f"--request-id {request.request_id}"):
        message = (await session.ask(session.services.tickets.AddNote, request)).message
    if session.settings.as_json:
        return output.emit_json(message)
    return output.say(f"Noted on ticket #{found.number}.")

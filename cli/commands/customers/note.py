"""`keva customers note` and `delete-note`."""

import uuid
from typing import Annotated

import typer

from cli.commands.customers.rows import CustomerArgument
from cli.commands.tickets.writing import RequestIdOption, TextArgument, read_text, repeatable
from cli.session import Session
from cli.terminal import output
from client.selection import find_customer
from keva.ticket.v1 import customer_note_pb2

NoteArgument = Annotated[str, typer.Argument(metavar="NOTE", help="Its id (cno_…), as keva customers show prints it")]


async def note(
    session: Session, customer: CustomerArgument, text: TextArgument, request_id: RequestIdOption = ""
) -> None:
    """Write a note about a customer, for the support staff alone. keva customers show shows it, whatever the ticket."""
    found = await find_customer(session, customer)
    request = customer_note_pb2.AddCustomerNoteRequest(
        workspace_id=session.workspace_id,
        customer_id=found.customer_id,
        text=read_text(text),
        request_id=request_id or str(uuid.uuid4()),
    )
    with repeatable(f"--request-id {request.request_id}"):
        written = (await session.ask(session.services.tickets.AddCustomerNote, request)).note
    if session.settings.as_json:
        return output.emit_json(written)
    return output.say(f"Noted about {found.display_name}: {written.customer_note_id}")


async def delete_note(session: Session, note: NoteArgument) -> None:
    """Remove a note about a customer for good."""
    request = customer_note_pb2.DeleteCustomerNoteRequest(workspace_id=session.workspace_id, customer_note_id=note)
    answer = await session.ask(session.services.tickets.DeleteCustomerNote, request)
    if session.settings.as_json:
        return output.emit_json(answer)
    return output.say(f"Removed: {note}")

"""`keva tickets resolve`, `reopen` and `close`."""

from typing import Annotated

import typer

from cli.commands.tickets.changes import show_change
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.work.several import TicketsArgument, change_tickets
from cli.session import Session
from client.selection import find_ticket_id
from client.words.enums import ticket_state_name
from keva.ticket.v1 import ticket_service_pb2 as pb


async def resolve(session: Session, tickets: TicketsArgument) -> None:
    """Resolve tickets: the matter is settled. The customer's next text may reopen them."""

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.ResolveTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
        return (await session.ask(session.services.tickets.ResolveTicket, request)).ticket

    change = pb.BatchUpdateTicketsRequest(resolve=pb.BatchUpdateTicketsRequest.Resolve())
    await change_tickets(session, tickets, one, change, _state)


async def reopen(
    session: Session,
    ticket: TicketArgument,
    pending: Annotated[
        bool, typer.Option("--pending", help="It waits for the customer, as before it was resolved")
    ] = False,
    as_before: Annotated[
        bool, typer.Option("--as-before", help="Take a resolve back: it waits since when it did, or sleeps again")
    ] = False,
) -> None:
    """Reopen a resolved or pending ticket."""
    request = pb.ReopenTicketRequest(workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket))
    if pending:
        request.state = pb.TICKET_STATE_PENDING
    request.as_before = as_before
    reopened = (await session.ask(session.services.tickets.ReopenTicket, request)).ticket
    show_change(session, reopened, _state(reopened))


async def close(session: Session, tickets: TicketsArgument) -> None:
    """Close tickets for good. The customer's next text opens a new one."""

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.CloseTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
        return (await session.ask(session.services.tickets.CloseTicket, request)).ticket

    change = pb.BatchUpdateTicketsRequest(close=pb.BatchUpdateTicketsRequest.Close())
    await change_tickets(session, tickets, one, change, _state)


def _state(ticket: pb.Ticket) -> str:
    return f"is {ticket_state_name(ticket)}"

"""`keva tickets assign`, `priority`, `resolve`, `reopen`, `close`."""

from typing import Annotated

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.command import command
from cli.commands.tickets.list import TicketArgument
from cli.connection import Session
from cli.selection import find_ticket_id
from cli.terminal import output
from cli.terminal.choices import Priority, assignee_text, parse_assignee, short_name
from keva.ticket.v1 import routing_pb2, ticket_service_pb2

AssigneeArgument = Annotated[routing_pb2.Assignee, typer.Argument(parser=parse_assignee, metavar="nobody|ai|agent:ID")]
PriorityArgument = Annotated[Priority, typer.Argument(case_sensitive=False)]


def add_to(group: typer.Typer) -> None:
    """Adds the commands."""
    command(group, "assign")(assign)
    command(group, "priority")(priority)
    command(group, "resolve")(resolve)
    command(group, "reopen")(reopen)
    command(group, "close")(close)


async def assign(session: Session, ticket: TicketArgument, assignee: AssigneeArgument) -> None:
    """Give the ticket to an agent, to the AI, or to nobody. The AI, which answers from then on, gets one that it has
    handed off back in the same way."""
    request = ticket_service_pb2.AssignTicketRequest(
        workspace_id=session.settings.workspace, ticket_id=await find_ticket_id(session, ticket), assignee=assignee
    )
    changed = (await session.ask(session.tickets.AssignTicket, request)).ticket
    _show(session, changed, f"is assigned to {assignee_text(changed.assignee)}")


async def priority(session: Session, ticket: TicketArgument, level: PriorityArgument) -> None:
    """Say how urgent the ticket is."""
    request = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=session.settings.workspace,
        ticket=ticket_service_pb2.Ticket(ticket_id=await find_ticket_id(session, ticket), priority=level.proto),
        update_mask=FieldMask(paths=["priority"]),
    )
    changed = (await session.ask(session.tickets.UpdateTicket, request)).ticket
    _show(session, changed, f"has priority {short_name(routing_pb2.Priority.DESCRIPTOR, changed.priority)}")


async def resolve(session: Session, ticket: TicketArgument) -> None:
    """Say that the matter is settled. The customer's next text may reopen it."""
    request = ticket_service_pb2.ResolveTicketRequest(
        workspace_id=session.settings.workspace, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.tickets.ResolveTicket, request)).ticket)


async def reopen(session: Session, ticket: TicketArgument) -> None:
    """Open a resolved or pending ticket again."""
    request = ticket_service_pb2.ReopenTicketRequest(
        workspace_id=session.settings.workspace, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.tickets.ReopenTicket, request)).ticket)


async def close(session: Session, ticket: TicketArgument) -> None:
    """End the ticket for good. The customer's next text opens a new one."""
    request = ticket_service_pb2.CloseTicketRequest(
        workspace_id=session.settings.workspace, ticket_id=await find_ticket_id(session, ticket)
    )
    _show_state(session, (await session.ask(session.tickets.CloseTicket, request)).ticket)


def _show_state(session: Session, ticket: ticket_service_pb2.Ticket) -> None:
    _show(session, ticket, f"is {short_name(ticket_service_pb2.TicketState.DESCRIPTOR, ticket.state)}")


def _show(session: Session, ticket: ticket_service_pb2.Ticket, now: str) -> None:
    if session.settings.as_json:
        output.emit_json(ticket)
    else:
        output.say(f"Ticket #{ticket.number} {now}.")

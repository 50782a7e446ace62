"""`keva tickets list` and `show`."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from cli.command import command
from cli.commands.tickets.conversation import show_conversation
from cli.commands.tickets.hand_off import hand_off_cell, hand_off_sentence
from cli.connection import Session
from cli.failure import CommandError, ExitCode
from cli.paging import AllOption, LimitOption, Pages, PageTokenOption, everything, listed
from cli.selection import find_channel, find_ticket
from cli.terminal import output
from cli.terminal.choices import AssigneeOption, State, assignee_text, short_name
from keva.ticket.v1 import routing_pb2, ticket_service_pb2

group = typer.Typer()

# Names are asked for one by one; this many at a time.
_QUESTIONS_AT_ONCE = 16

TicketArgument = Annotated[str, typer.Argument(metavar="TICKET", help="Its number (12) or id (tkt_…)")]


@command(group, "list")
async def list_tickets(  # noqa: PLR0913, PLR0917 - one per filter
    session: Session,
    state: Annotated[list[State] | None, typer.Option(help="Repeat it for several", case_sensitive=False)] = None,
    assignee: AssigneeOption = None,
    channel: Annotated[str, typer.Option(help="A number that Keva answers, or a channel's id")] = "",
    customer: Annotated[str, typer.Option(help='A phone number, such as "(555) 123-4567", or an id')] = "",
    text: Annotated[str, typer.Option(help="Words that all stand in one of its texts or notes")] = "",
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's tickets, newest first. All filters must match."""
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=session.settings.workspace,
        states=[wanted.proto for wanted in state or ()],
        assignee=assignee,
        channel_id=(await find_channel(session, channel)).channel_id if channel else "",
        customer=customer,
        text=text,
    )
    pages = Pages(limit, page_token, all_pages)
    tickets = await listed(session, session.tickets.ListTickets, request, lambda page: page.tickets, pages)
    if session.settings.as_json:
        return output.emit_json(tickets)
    names = await _customer_names(session, {ticket.customer_id for ticket in tickets})
    return output.show_table(
        ["#", "State", "Customer", "Subject", "Assignee", "Texts", "Changed"],
        [_row(ticket, names.get(ticket.customer_id, "")) for ticket in tickets],
        f"No such ticket in the workspace {session.settings.workspace}.",
    )


@command(group, "show")
async def show(session: Session, ticket: TicketArgument) -> None:
    """Show a ticket and its conversation, with what became of each reply."""
    found = await find_ticket(session, ticket)
    workspace_id = session.settings.workspace
    customer = await _customer(session, found.customer_id)
    request = ticket_service_pb2.ListMessagesRequest(
        workspace_id=workspace_id, ticket_id=found.ticket_id, page_size=200
    )
    messages = await everything(session, session.tickets.ListMessages, request, lambda page: page.messages)
    if session.settings.as_json:
        return output.emit_json({"ticket": found, "customer": customer, "messages": messages})
    _show_ticket(found, customer)
    return show_conversation(customer.display_name, messages)


def _show_ticket(ticket: ticket_service_pb2.Ticket, customer: ticket_service_pb2.Customer) -> None:
    place = ", ".join(part for part in (customer.city, customer.state, customer.country, customer.zip) if part)
    output.say(f"Ticket #{ticket.number}  {ticket.subject}", style="bold")
    output.show_fields(
        [
            ("State", short_name(ticket_service_pb2.TicketState.DESCRIPTOR, ticket.state)),
            ("Priority", short_name(routing_pb2.Priority.DESCRIPTOR, ticket.priority)),
            ("Assignee", assignee_text(ticket.assignee)),
            ("Handed off", hand_off_sentence(ticket)),
            ("Tags", ", ".join(ticket.tags)),
            ("Customer", f"{customer.display_name}  {ticket.customer_address}".strip()),
            ("E-mail", customer.email),
            ("Place", place),
            ("Opted out", "yes: nobody can text this customer until they text START" if customer.opted_out else ""),
            ("Our number", ticket.channel_address),
            ("Created", output.when(ticket, "create_time")),
            ("Changed", output.when(ticket, "update_time")),
            ("Resolved", output.when(ticket, "resolve_time")),
            ("Closed", output.when(ticket, "close_time")),
            ("Id", ticket.ticket_id),
        ]
    )


def _row(ticket: ticket_service_pb2.Ticket, customer_name: str) -> Sequence[output.Cell]:
    state = short_name(ticket_service_pb2.TicketState.DESCRIPTOR, ticket.state)
    return (
        str(ticket.number),
        (state, short_name(routing_pb2.Priority.DESCRIPTOR, ticket.priority)),
        (customer_name, ticket.customer_address),
        ticket.subject,
        (assignee_text(ticket.assignee), *hand_off_cell(ticket)),
        str(ticket.message_count),
        output.when_stacked(ticket, "update_time"),
    )


async def _customer_names(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    turn = asyncio.Semaphore(_QUESTIONS_AT_ONCE)

    async def name(customer_id: str) -> tuple[str, str]:
        async with turn:
            return customer_id, (await _customer(session, customer_id)).display_name

    return dict(await asyncio.gather(*(name(customer_id) for customer_id in customer_ids)))


async def _customer(session: Session, customer_id: str) -> ticket_service_pb2.Customer:
    """The customer, or an empty one: a ticket outlives what is known of its customer."""
    request = ticket_service_pb2.GetCustomerRequest(workspace_id=session.settings.workspace, customer_id=customer_id)
    try:
        return (await session.ask(session.tickets.GetCustomer, request)).customer
    except CommandError as error:
        if error.exit_code is not ExitCode.NOT_FOUND:
            raise
        return ticket_service_pb2.Customer()

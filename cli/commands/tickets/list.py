"""`keva tickets list`."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from cli.commands.tickets.customers import customer_of
from cli.commands.tickets.hand_off import hand_off_cell
from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import assignee_option
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.selection import find_assignee, find_channel
from client.words.actors import assignee_text
from client.words.enums import TicketState, priority_name, ticket_state_name
from keva.ticket.v1 import routing_pb2, ticket_service_pb2

StateOption = Annotated[
    list[TicketState] | None,
    typer.Option(
        metavar="|".join(TicketState), help="Only tickets in this state; repeat it for several", case_sensitive=False
    ),
]
AssigneeOption = Annotated[routing_pb2.Assignee | None, assignee_option("Only tickets of this assignee")]
ChannelOption = Annotated[
    str, typer.Option(metavar="NUMBER", help="Only tickets of this number that Keva answers, or of this channel's id")
]
CustomerOption = Annotated[
    str,
    typer.Option(
        metavar="NUMBER", help='Only tickets of the customer with this phone number, such as "(555) 123-4567", or id'
    ),
]
TextOption = Annotated[
    str,
    typer.Option(
        metavar="WORDS", help="Only tickets with a text or note that has all these words, or words that begin so"
    ),
]

# Names are asked for one by one; this many at a time.
_QUESTIONS_AT_ONCE = 16


async def list_tickets(  # noqa: PLR0913, PLR0917 - one per filter
    session: Session,
    state: StateOption = None,
    assignee: AssigneeOption = None,
    channel: ChannelOption = "",
    customer: CustomerOption = "",
    text: TextOption = "",
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's tickets, newest first. Tickets must match all filters."""
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=session.workspace_id,
        states=[wanted.to_proto() for wanted in state or ()],
        assignee=await find_assignee(session, assignee) if assignee else None,
        channel_id=(await find_channel(session, channel)).channel_id if channel else "",
        customer=customer,
        text=text,
    )
    pages = Pages(limit, page_token, all_pages)
    tickets = await listed(session, session.services.tickets.ListTickets, request, lambda page: page.tickets, pages)
    if session.settings.as_json:
        return output.emit_json(tickets)
    names = await _customer_names(session, {ticket.customer_id for ticket in tickets})
    return output.show_table(
        ["#", "State", "Customer", "Subject", "Assignee", "Texts", "Changed"],
        [_row(ticket, names.get(ticket.customer_id, "")) for ticket in tickets],
        f"No such ticket in the workspace {session.workspace_id}.",
    )


def _row(ticket: ticket_service_pb2.Ticket, customer_name: str) -> Sequence[output.Cell]:
    state = ticket_state_name(ticket)
    return (
        str(ticket.number),
        (state, priority_name(ticket.priority)),
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
            return customer_id, (await customer_of(session, customer_id)).display_name

    return dict(await asyncio.gather(*(name(customer_id) for customer_id in customer_ids)))

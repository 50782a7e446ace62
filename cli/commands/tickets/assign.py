"""`keva tickets assign`."""

from typing import Annotated

import typer

from cli.commands.tickets.work.several import change_tickets
from cli.session import Session
from cli.terminal.choices import assignee_option
from client.failure import Failure, unusable
from client.selection import find_agent, find_assignee
from client.words.actors import assignee_from_text, assignee_text
from keva.ticket.v1 import routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

AssignArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="TICKET… [ASSIGNEE]",
        help="Its number (12) or id (tkt_…), several to assign them all; then nobody|ai|me|AGENT, unless --to says it",
    ),
]
ToOption = Annotated[routing_pb2.Assignee | None, assignee_option("Whom to assign them to")]


AsBeforeOption = Annotated[
    bool,
    typer.Option(
        "--as-before", help="Take an assignment back: nobody's again, they wait for an available agent if they did"
    ),
]


async def assign(
    session: Session, named: AssignArgument, to: ToOption = None, as_before: AsBeforeOption = False
) -> None:
    """Assign tickets to an agent, to the AI, or to nobody.

    The AI answers a ticket that is assigned to it, also one that it has handed off before."""
    if to is None:
        *tickets, last = named
        to = _assignee(last)
    else:
        tickets = named
    if not tickets:
        raise unusable("Name a ticket and whom to assign it to.", "As in: keva tickets assign 12 anna@example.com")
    assignee = await find_assignee(session, to)

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.AssignTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id, assignee=assignee)
        request.as_before = as_before
        return (await session.ask(session.services.tickets.AssignTicket, request)).ticket

    change = pb.BatchUpdateTicketsRequest(assign=assignee, as_before=as_before)
    names = {} if session.settings.as_json else await _names(session, assignee)
    await change_tickets(session, tickets, one, change, lambda t: f"is assigned to {assignee_text(t.assignee, names)}")


async def _names(session: Session, assignee: routing_pb2.Assignee) -> dict[str, str]:
    """The assignee's name by id, if it is an agent whose name can be had: without it, a ticket is assigned as well."""
    if assignee.kind != routing_pb2.ASSIGNEE_KIND_AGENT:
        return {}
    try:
        agent = await find_agent(session, assignee.agent_id)
    except Failure:
        return {}
    return {agent.agent_id: agent.display_name}


def _assignee(text: str) -> routing_pb2.Assignee:
    try:
        return assignee_from_text(text)
    except ValueError as error:
        raise unusable(f"{text!r} is not an assignee: {error}.") from None

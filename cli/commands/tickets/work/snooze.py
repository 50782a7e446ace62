"""`keva tickets snooze` and `unsnooze`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.commands.tickets.work.several import TicketsArgument, change_tickets
from cli.session import Session
from cli.terminal.choices import TIMES_TO_COME, parse_future_time
from client.words.times import time_text
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp

UntilOption = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_future_time,
        metavar="TIME",
        help=f"Until when: {TIMES_TO_COME}. Without it, until the customer's next text alone",
    ),
]


async def snooze(session: Session, tickets: TicketsArgument, until: UntilOption = None) -> None:
    """Put tickets aside until a time, or until the customer's next text, whichever comes first."""

    time = timestamp(until)

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.SnoozeTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id, snooze_until=time)
        return (await session.ask(session.services.tickets.SnoozeTicket, request)).ticket

    change = pb.BatchUpdateTicketsRequest(snooze=pb.BatchUpdateTicketsRequest.Snooze(snooze_until=time))
    await change_tickets(session, tickets, one, change, lambda ticket: f"is put aside {snoozed_text(ticket)}")


async def unsnooze(session: Session, tickets: TicketsArgument) -> None:
    """Wake tickets that were put aside."""

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.UnsnoozeTicketRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
        return (await session.ask(session.services.tickets.UnsnoozeTicket, request)).ticket

    change = pb.BatchUpdateTicketsRequest(unsnooze=pb.BatchUpdateTicketsRequest.Unsnooze())
    await change_tickets(session, tickets, one, change, lambda _: "is awake")


def snoozed_text(ticket: pb.Ticket) -> str:
    """`until 2026-12-01 09:00Z`, or `until the customer's next text`; empty for a ticket that is awake."""
    if not ticket.snoozed:
        return ""
    if not ticket.HasField("snooze_until"):
        return "until the customer's next text"
    return f"until {time_text(ticket.snooze_until.ToDatetime(UTC))}"

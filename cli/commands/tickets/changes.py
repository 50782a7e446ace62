"""How a ticket is after a change."""

from cli.session import Session
from cli.terminal import output
from keva.ticket.v1 import ticket_service_pb2


def show_change(session: Session, ticket: ticket_service_pb2.Ticket, now: str) -> None:
    """`now` completes "Ticket #12 …"."""
    if session.settings.as_json:
        output.emit_json(ticket)
    else:
        output.say(f"Ticket #{ticket.number} {now}.")

"""How the demo's conversation looks on the terminal."""

from collections.abc import Sequence

from rich.table import Table

from dev.local_stack.terminal import Terminal
from keva.ticket.v1 import hand_off_pb2, message_pb2, routing_pb2, ticket_service_pb2

_INDENT = " " * 12


class Transcript:
    """Prints who says what, and under it what Keva made of that."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def title(self, text: str) -> None:
        """What comes now."""
        self._terminal.line()
        self._terminal.line(text, "bold")

    def says(self, who: str, text: str) -> None:
        """One text of the conversation, or what else somebody does."""
        self._terminal.line()
        self._terminal.line(f"  {who:<9} {text}")

    def outcome(self, *parts: str) -> None:
        """What Keva made of it."""
        self._terminal.line(f"{_INDENT}↳ {' · '.join(part for part in parts if part)}", "cyan")

    def tickets(self, title: str, tickets: Sequence[ticket_service_pb2.Ticket]) -> None:
        """A table of tickets."""
        table = Table(
            "ticket", "state", "priority", "our number", "texts", "subject", title=title, title_justify="left"
        )
        for ticket in tickets:
            table.add_row(
                f"#{ticket.number}",
                ticket_state(ticket),
                priority(ticket),
                ticket.channel_address,
                str(ticket.message_count),
                ticket.subject,
            )
        self._terminal.line()
        self._terminal.console.print(table)


def ticket_state(ticket: ticket_service_pb2.Ticket) -> str:
    """OPEN, PENDING, RESOLVED or CLOSED."""
    return ticket_service_pb2.TicketState.Name(ticket.state).removeprefix("TICKET_STATE_")


def priority(ticket: ticket_service_pb2.Ticket) -> str:
    """LOW, NORMAL, HIGH or URGENT."""
    return routing_pb2.Priority.Name(ticket.priority).removeprefix("PRIORITY_")


def delivery_state(reply: message_pb2.Message) -> str:
    """QUEUED, ACCEPTED, SENT, DELIVERED or FAILED."""
    return message_pb2.DeliveryState.Name(reply.delivery.state).removeprefix("DELIVERY_STATE_")


def texts(ticket: ticket_service_pb2.Ticket) -> str:
    """How many texts it has."""
    return f"{ticket.message_count} text{'' if ticket.message_count == 1 else 's'}"


def assignee(ticket: ticket_service_pb2.Ticket) -> str:
    """nobody, the AI, or an agent by id."""
    kind = ticket.assignee.kind
    if kind == routing_pb2.ASSIGNEE_KIND_AI:
        return "the AI"
    return ticket.assignee.agent_id or "nobody"


def hand_off_reason(ticket: ticket_service_pb2.Ticket) -> str:
    """Why the AI left it to a person, in words: not known, asked for person, …"""
    name = hand_off_pb2.HandOffReason.Name(ticket.hand_off_reason).removeprefix("HAND_OFF_REASON_")
    return name.lower().replace("_", " ")

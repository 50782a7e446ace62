"""What options may say, and the protobuf values that it stands for."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import channel_service_pb2, routing_pb2, ticket_service_pb2

_UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86_400}


class State(StrEnum):
    """A ticket's state."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def proto(self) -> ticket_service_pb2.TicketState.ValueType:
        """The contract's value."""
        return ticket_service_pb2.TicketState.Value(f"TICKET_STATE_{self.name}")


class Priority(StrEnum):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def proto(self) -> routing_pb2.Priority.ValueType:
        """The contract's value."""
        return routing_pb2.Priority.Value(f"PRIORITY_{self.name}")


class CreateTicketOn(StrEnum):
    """When a text makes a new ticket."""

    NEW_THREAD = "new-thread"
    ANY_MESSAGE = "any-message"

    @property
    def proto(self) -> channel_service_pb2.CreateTicketOn.ValueType:
        """The contract's value."""
        return channel_service_pb2.CreateTicketOn.Value(f"CREATE_TICKET_ON_{self.name}")


def parse_assignee(text: str) -> routing_pb2.Assignee:
    """`nobody`, `ai` or `agent:ID`. Raises typer.BadParameter."""
    kind, colon, agent_id = text.partition(":")
    if text.lower() in ("nobody", "ai"):
        return routing_pb2.Assignee(kind=routing_pb2.AssigneeKind.Value(f"ASSIGNEE_KIND_{text.upper()}"))
    if kind.lower() == "agent" and colon and agent_id:
        return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=agent_id)
    raise typer.BadParameter("write nobody, ai or agent:ID")


def parse_since(text: str) -> datetime:
    """`36h`, `7d` or `90m` ago, or a date or moment by ISO 8601, of UTC unless it says otherwise. Raises
    typer.BadParameter."""
    now = datetime.now(UTC)
    if match := re.fullmatch(r"([0-9]{1,6})([mhd])", text.lower()):
        return now - timedelta(seconds=int(match[1]) * _UNIT_SECONDS[match[2]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a time such as 2026-01-31, 2026-01-31T18:00, 36h or 7d") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > now:
        raise typer.BadParameter("that time is still to come")
    return moment


def parse_duration(text: str) -> Duration:
    """`7d`, `36h`, `90m`, or `off` and `0` for never. Raises typer.BadParameter."""
    if text.lower() in ("off", "0"):
        return Duration()
    match = re.fullmatch(r"([0-9]{1,6})([mhd])", text.lower())
    if match is None:
        raise typer.BadParameter("write it like 7d, 36h or 90m, or off")
    return Duration(seconds=int(match[1]) * _UNIT_SECONDS[match[2]])


AssigneeOption = Annotated[
    routing_pb2.Assignee | None, typer.Option(parser=parse_assignee, metavar="nobody|ai|agent:ID")
]
DurationOption = Annotated[Duration | None, typer.Option(parser=parse_duration, metavar="7d|36h|off")]


def assignee_text(assignee: routing_pb2.Assignee) -> str:
    """The same words the other way round."""
    if assignee.kind == routing_pb2.ASSIGNEE_KIND_AGENT:
        return f"agent:{assignee.agent_id}"
    return "ai" if assignee.kind == routing_pb2.ASSIGNEE_KIND_AI else "nobody"


def duration_text(duration: Duration) -> str:
    """The same words the other way round."""
    for unit, seconds in reversed(_UNIT_SECONDS.items()):
        if duration.seconds and duration.seconds % seconds == 0:
            return f"{duration.seconds // seconds}{unit}"
    return f"{duration.seconds} s" if duration.seconds else "off"


def short_name(values: EnumDescriptor, value: int) -> str:
    """An enum value without its prefix: OPEN for TICKET_STATE_OPEN. One that only a newer service knows keeps its
    number."""
    known = values.values_by_number.get(value)
    if known is None:
        return str(value)
    prefix = re.sub(r"(?<!^)([A-Z])", r"_\1", values.name).upper() + "_"
    return str(known.name).removeprefix(prefix)

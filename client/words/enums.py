"""Values of the API's enums by the words that people choose them with, and by their names."""

from enum import StrEnum
from typing import Any

from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2, ticket_service_pb2
from servicekit.rpc.proto_values import enum_to_proto


class TicketState(StrEnum):
    """A ticket's state."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"

    def to_proto(self) -> ticket_service_pb2.TicketState.ValueType:
        """The API's value."""
        value: ticket_service_pb2.TicketState.ValueType = enum_to_proto(ticket_service_pb2.TicketState, self.name)
        return value


class Priority(StrEnum):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    def to_proto(self) -> routing_pb2.Priority.ValueType:
        """The API's value."""
        value: routing_pb2.Priority.ValueType = enum_to_proto(routing_pb2.Priority, self.name)
        return value


class TicketOrder(StrEnum):
    """In which order tickets are listed."""

    WAITING = "waiting"
    ACTIVITY = "activity"
    CREATED = "created"
    PRIORITY = "priority"

    def to_proto(self) -> ticket_service_pb2.TicketOrder.ValueType:
        """The API's value."""
        return _ORDERS[self]


_ORDERS = {
    TicketOrder.WAITING: ticket_service_pb2.TICKET_ORDER_WAITING,
    TicketOrder.ACTIVITY: ticket_service_pb2.TICKET_ORDER_LAST_ACTIVITY,
    TicketOrder.CREATED: ticket_service_pb2.TICKET_ORDER_CREATION,
    TicketOrder.PRIORITY: ticket_service_pb2.TICKET_ORDER_PRIORITY,
}


class CreateTicketOn(StrEnum):
    """When a text makes a new ticket."""

    NEW_THREAD = "new-thread"
    ANY_MESSAGE = "any-message"

    def to_proto(self) -> channel_service_pb2.CreateTicketOn.ValueType:
        """The API's value."""
        value: channel_service_pb2.CreateTicketOn.ValueType = enum_to_proto(
            channel_service_pb2.CreateTicketOn, self.name
        )
        return value


class AiAutonomy(StrEnum):
    """How far the AI may go by itself."""

    SUGGEST = "suggest"
    SURE = "sure"
    OFF = "off"

    def to_proto(self) -> channel_service_pb2.AiAutonomy.ValueType:
        """The API's value."""
        value: channel_service_pb2.AiAutonomy.ValueType = enum_to_proto(channel_service_pb2.AiAutonomy, self.name)
        return value


class AgentRole(StrEnum):
    """What an agent may do."""

    VIEWER = "viewer"
    AGENT = "agent"
    ADMINISTRATOR = "administrator"

    def to_proto(self) -> agent_service_pb2.AgentRole.ValueType:
        """The API's value."""
        value: agent_service_pb2.AgentRole.ValueType = enum_to_proto(agent_service_pb2.AgentRole, self.name)
        return value


def enum_name(enum: Any, number: int) -> str:
    """A value's name without its enum's prefix: OPEN for TICKET_STATE_OPEN. A value that only a newer service knows
    keeps its number."""
    if number not in enum.values():
        return str(number)
    prefix = enum.Name(0).removesuffix("UNSPECIFIED")
    return str(enum.Name(number)).removeprefix(prefix)


def ticket_state_name(ticket: ticket_service_pb2.Ticket) -> str:
    """OPEN, PENDING, RESOLVED or CLOSED."""
    return enum_name(ticket_service_pb2.TicketState, ticket.state)


def priority_name(priority: int) -> str:
    """LOW, NORMAL, HIGH or URGENT."""
    return enum_name(routing_pb2.Priority, priority)


def create_ticket_on_text(create_ticket_on: int) -> str:
    """`new-thread` or `any-message`."""
    return enum_name(channel_service_pb2.CreateTicketOn, create_ticket_on).lower().replace("_", "-")


def ai_autonomy_text(ai_autonomy: int) -> str:
    """`suggest`, `sure` or `off`; `sure` where an older service says nothing."""
    return enum_name(channel_service_pb2.AiAutonomy, ai_autonomy or channel_service_pb2.AI_AUTONOMY_SURE).lower()

"""Values that several messages have: who acts, who works on a ticket, how urgent it is, what an update changes."""

from collections.abc import Collection

from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import actor_pb2, routing_pb2
from servicekit.rpc import request_context
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, optional_enum_from_proto
from ticket_service import errors
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority


def acting() -> Actor:
    """Who makes the current call."""
    actor = request_context.current_actor()
    return Actor(ActorKind(actor.kind), actor.id)


def acting_agent_id() -> str:
    """The agent who makes the current call; empty when it is not an agent, or when there is no call."""
    context = request_context.current()
    is_agent = context is not None and context.actor.kind == ActorKind.AGENT.value
    return context.actor.id if context and is_agent else ""


def actor_to_proto(actor: Actor) -> actor_pb2.Actor:
    return actor_pb2.Actor(kind=enum_to_proto(actor_pb2.ActorKind, actor.kind.name), id=actor.id)


def actor_from_proto(actor: actor_pb2.Actor, field: str) -> Actor:
    """Raises FIELD_REQUIRED and FIELD_INVALID for the kind."""
    return Actor(enum_from_proto(actor_pb2.ActorKind, actor.kind, ActorKind.__getitem__, f"{field}.kind"), actor.id)


def assignee_to_proto(assignee: Assignee) -> routing_pb2.Assignee:
    kind = enum_to_proto(routing_pb2.AssigneeKind, assignee.kind.value)
    return routing_pb2.Assignee(kind=kind, agent_id=assignee.agent_id)


def assignee_from_proto(assignee: routing_pb2.Assignee, field: str) -> Assignee:
    """Raises FIELD_REQUIRED and FIELD_INVALID for the kind."""
    if assignee.kind == routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT:
        raise errors.invalid(f"{field}.kind", "is for the auto-assign of channels alone")
    kind = enum_from_proto(routing_pb2.AssigneeKind, assignee.kind, AssigneeKind, f"{field}.kind")
    return Assignee(kind, assignee.agent_id)


def priority_from_proto(value: int, field: str) -> Priority | None:
    """None for UNSPECIFIED. Raises FIELD_INVALID."""
    return optional_enum_from_proto(routing_pb2.Priority, value, Priority, field)


def paths_from_proto(mask: FieldMask, allowed: Collection[str]) -> set[str]:
    """The paths of an update mask. Raises FIELD_REQUIRED when it is empty, FIELD_INVALID for others than `allowed`."""
    chosen = set(mask.paths)
    if not chosen:
        raise errors.required("update_mask")
    if unknown := chosen - set(allowed):
        raise errors.invalid("update_mask", f"has {sorted(unknown)[0]}, which cannot be changed here")
    return chosen

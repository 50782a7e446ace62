"""People, the AI and programs, as those who act and as those whom tickets are assigned to."""

from collections.abc import Mapping
from types import MappingProxyType

from client.words.enums import enum_name
from keva.ticket.v1 import actor_pb2, routing_pb2

_AVAILABLE = "available"


def actor_text(actor: actor_pb2.Actor, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """`agent:agt_…`, `customer:cus_…`, `ai`; an agent by name where `names` has it, by id."""
    if actor.kind == actor_pb2.ACTOR_KIND_AGENT and actor.id in names:
        return names[actor.id]
    kind = enum_name(actor_pb2.ActorKind, actor.kind).lower()
    return f"{kind}:{actor.id}" if actor.id else kind


def assignee_text(assignee: routing_pb2.Assignee, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """`nobody`, `ai` or `agent:ID`, or the agent's name where `names` has it, by id; of a channel also `available`, for
    one of the available agents."""
    if assignee.kind == routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT:
        return _AVAILABLE
    if assignee.kind == routing_pb2.ASSIGNEE_KIND_AGENT:
        return names.get(assignee.agent_id) or f"agent:{assignee.agent_id}"
    return "ai" if assignee.kind == routing_pb2.ASSIGNEE_KIND_AI else "nobody"


def auto_assign_from_text(text: str) -> routing_pb2.Assignee:
    """The same, or `available`. Raises ValueError, which says how to write it."""
    if text.lower() == _AVAILABLE:
        return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT)
    try:
        return assignee_from_text(text)
    except ValueError:
        raise ValueError("write nobody, ai, available, me, or an agent's e-mail address or id") from None


# Stands for the agent who acts.
ME = "me"


def names_agent(text: str) -> bool:
    """Whether it names an agent without saying so: an e-mail address, an id, or the one who acts."""
    return text.lower() == ME or "@" in text or text.startswith("agt_")


def assignee_from_text(text: str) -> routing_pb2.Assignee:
    """What `assignee_text` gives, in letters of any case; an agent also by what `names_agent`, which is the agent_id
    then (selection.find_assignee makes it one). Raises ValueError, which says how to write it."""
    kind, colon, agent_id = text.partition(":")
    if text.lower() in ("nobody", "ai"):
        return routing_pb2.Assignee(kind=routing_pb2.AssigneeKind.Value(f"ASSIGNEE_KIND_{text.upper()}"))
    if kind.lower() == "agent" and colon and agent_id:
        return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=agent_id)
    if names_agent(text) and kind == text:
        return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=text)
    raise ValueError("write nobody, ai, me, or an agent's e-mail address or id")

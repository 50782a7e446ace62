"""Agents, and what is changed of them."""

from keva.ticket.v1 import agent_service_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, timestamp
from ticket_service import errors
from ticket_service.domain.staff.agent import Agent, AgentEdit, AgentFilter, Availability, Role
from ticket_service.rpc.convert_values import paths_from_proto
from ticket_service.use_cases.staff.agents import NewAgent

_EDITABLE = ("email", "display_name", "role", "workspace_ids")


def agent_to_proto(agent: Agent) -> pb.Agent:
    return pb.Agent(
        agent_id=agent.agent_id,
        organization_id=agent.organization_id,
        email=agent.email,
        display_name=agent.display_name,
        role=enum_to_proto(pb.AgentRole, agent.role.value),
        workspace_ids=agent.workspace_ids,
        state=pb.AGENT_STATE_ACTIVE if agent.is_active else pb.AGENT_STATE_DEACTIVATED,
        availability=enum_to_proto(pb.AgentAvailability, agent.availability.value),
        availability_time=timestamp(agent.availability_time),
        create_time=timestamp(agent.create_time),
        update_time=timestamp(agent.update_time),
        deactivate_time=timestamp(agent.deactivate_time),
        reactivate_time=timestamp(agent.reactivate_time),
    )


def role_from_proto(value: int, field: str) -> Role:
    """Raises FIELD_REQUIRED and FIELD_INVALID."""
    return enum_from_proto(pb.AgentRole, value, Role, field)


def availability_from_proto(value: int) -> Availability:
    """Raises FIELD_REQUIRED and FIELD_INVALID."""
    return enum_from_proto(pb.AgentAvailability, value, Availability, "availability")


def new_agent_from_proto(request: pb.CreateAgentRequest) -> NewAgent:
    """Raises FIELD_REQUIRED and FIELD_INVALID for the role."""
    role = role_from_proto(request.role, "role")
    return NewAgent(request.email, request.display_name, role, tuple(request.workspace_ids))


def agent_edit_from_proto(request: pb.UpdateAgentRequest) -> AgentEdit:
    """What UpdateAgent changes. Raises FIELD_REQUIRED and FIELD_INVALID."""
    new, chosen = request.agent, paths_from_proto(request.update_mask, _EDITABLE)
    for path in sorted(chosen & {"email", "display_name"}):
        if not getattr(new, path):
            raise errors.required(f"agent.{path}")
    return AgentEdit(
        email=new.email if "email" in chosen else None,
        display_name=new.display_name if "display_name" in chosen else None,
        role=role_from_proto(new.role, "agent.role") if "role" in chosen else None,
        workspace_ids=tuple(new.workspace_ids) if "workspace_ids" in chosen else None,
    )


def agent_filter_from_proto(request: pb.ListAgentsRequest) -> AgentFilter:
    return AgentFilter(request.organization_id, request.workspace_id, request.email, request.show_deactivated)

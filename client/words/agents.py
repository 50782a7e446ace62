"""Agents in words."""

from client.words.enums import enum_name
from keva.ticket.v1 import agent_service_pb2 as pb


def role_text(agent: pb.Agent) -> str:
    """`viewer`, `agent` or `administrator`."""
    return enum_name(pb.AgentRole, agent.role).lower()


def availability_text(agent: pb.Agent) -> str:
    """`available` or `away`."""
    return enum_name(pb.AgentAvailability, agent.availability).lower()


def workspaces_text(agent: pb.Agent) -> str:
    """Their ids; `all` for an administrator."""
    if agent.role == pb.AGENT_ROLE_ADMINISTRATOR:
        return "all"
    return ", ".join(agent.workspace_ids) or "none"

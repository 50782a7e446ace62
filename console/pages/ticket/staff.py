"""The people who work on a ticket, by name."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from client.failure import Failure
from client.lists import list_agents
from client.session import Session
from keva.ticket.v1 import actor_pb2, agent_service_pb2, audit_service_pb2, message_pb2


@dataclass(frozen=True)
class Staff:
    """The agents of a workspace by id, and whoever else has had to do with a ticket of it."""

    workspace_id: str
    agents: Mapping[str, agent_service_pb2.Agent]

    @property
    def names(self) -> Mapping[str, str]:
        """What people call them."""
        return {agent_id: agent.display_name for agent_id, agent in self.agents.items()}

    @property
    def able(self) -> list[agent_service_pb2.Agent]:
        """Who can be given a ticket, by name."""
        found = (agent for agent in self.agents.values() if self._may_work(agent))
        return sorted(found, key=lambda agent: agent.display_name.casefold())

    def _may_work(self, agent: agent_service_pb2.Agent) -> bool:
        if agent.HasField("deactivate_time") or agent.role == agent_service_pb2.AGENT_ROLE_VIEWER:
            return False
        return agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR or self.workspace_id in agent.workspace_ids


async def read_staff(session: Session) -> Staff:
    """Those of the session's workspace. Raises Failure."""
    agents = await list_agents(session, session.workspace_id, show_deactivated=True)
    return Staff(session.workspace_id, {agent.agent_id: agent for agent in agents})


async def with_others(session: Session, staff: Staff, agent_ids: Collection[str]) -> Staff:
    """Those and others, such as somebody who has left the workspace. Ids that no agent has are passed over."""
    missing = sorted(set(agent_ids) - staff.agents.keys() - {""})
    found = await asyncio.gather(*(_find(session, agent_id) for agent_id in missing))
    return Staff(
        staff.workspace_id, {**staff.agents, **{agent.agent_id: agent for agent in found if agent is not None}}
    )


async def _find(session: Session, agent_id: str) -> agent_service_pb2.Agent | None:
    request = agent_service_pb2.GetAgentRequest(organization_id=session.organization_id, agent_id=agent_id)
    try:
        return (await session.ask(session.services.agents.GetAgent, request)).agent
    except Failure:
        return None


def agents_in(messages: Sequence[message_pb2.Message], records: Sequence[audit_service_pb2.AuditRecord]) -> set[str]:
    """The ids of the agents who are named in a conversation."""
    actors = [*(message.author for message in messages), *(record.actor for record in records)]
    ids = {actor.id for actor in actors if actor.kind == actor_pb2.ACTOR_KIND_AGENT}
    given = (record.details.get("to", "") for record in records if record.action == "ticket.assigned")
    return ids | {name.removeprefix("agent:") for name in given if name.startswith("agent:")}

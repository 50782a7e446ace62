"""What this service's door asks about agents: its own knowledge of them."""

from servicekit.rpc.agents_at_the_door import AgentAsks, RequireAgent
from ticket_service.domain.staff.agent import ALL_WORKSPACES, Role
from ticket_service.use_cases.staff.known_agents import KnownAgents


def asks(known: KnownAgents) -> RequireAgent:
    """Raises as KnownAgents.require_acting does."""

    async def require(asked: AgentAsks) -> None:
        workspace_id = ALL_WORKSPACES if asked.all_workspaces else asked.workspace_id
        await known.require_acting(asked.agent_id, asked.organization_id, workspace_id, Role[asked.role])

    return require

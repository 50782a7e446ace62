"""What ticket_service says of agents, as the door of ConsoleService asks it."""

import grpc

from client.services import Services
from console.sign_in.errors import of_ticket_service
from console.sign_in.itself import AS_ITSELF
from keva.ticket.v1 import agent_service_pb2
from servicekit.rpc.agents_at_the_door import AgentAsks

# Whoever asks waits for it at the door.
_SECONDS = 2.0


class AgentClient:
    """Asks whether an agent may do something."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def require(self, asked: AgentAsks) -> None:
        """Raises PermissionDenied with ticket_service's reason, and Unavailable TICKET_SERVICE_UNAVAILABLE."""
        request = agent_service_pb2.CheckAgentRequest(
            organization_id=asked.organization_id,
            workspace_id=asked.workspace_id,
            agent_id=asked.agent_id,
            role=agent_service_pb2.AgentRole.Value(f"AGENT_ROLE_{asked.role}"),
            all_workspaces=asked.all_workspaces,
        )
        try:
            await self._services.agents.CheckAgent(request, timeout=_SECONDS, metadata=AS_ITSELF)
        except grpc.aio.AioRpcError as error:
            raise of_ticket_service(error) from None

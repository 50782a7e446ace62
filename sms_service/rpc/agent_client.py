"""What ticket_service says of agents, as this service's door asks it."""

import grpc

from keva.ticket.v1 import agent_service_pb2, agent_service_pb2_grpc
from servicekit.errors import Unavailable
from servicekit.rpc.agents_at_the_door import AgentAsks
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service import errors

# Whoever asks waits for it at the door.
_SECONDS = 2.0


class AgentClient:
    """Asks whether an agent may do something."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: agent_service_pb2_grpc.AgentServiceAsyncStub = agent_service_pb2_grpc.AgentServiceStub(channel)

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
            await self._stub.CheckAgent(request, timeout=_SECONDS, wait_for_ready=False)
        except grpc.aio.AioRpcError as error:
            known = as_keva_error(error)
            raise (errors.ticket_service_unavailable() if isinstance(known, Unavailable) else known) from None

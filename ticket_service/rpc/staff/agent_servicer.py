"""AgentService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import agent_service_pb2 as pb
from keva.ticket.v1 import agent_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.domain.staff.agent import ALL_WORKSPACES
from ticket_service.rpc.convert_values import acting
from ticket_service.rpc.staff.convert_agents import (
    agent_edit_from_proto,
    agent_filter_from_proto,
    agent_to_proto,
    availability_from_proto,
    new_agent_from_proto,
    role_from_proto,
)
from ticket_service.use_cases.staff.agents import Agents
from ticket_service.use_cases.staff.known_agents import KnownAgents

Context = grpc.aio.ServicerContext[Any, Any]


class AgentServicer(agent_service_pb2_grpc.AgentServiceServicer):
    """agent_service.proto says what each RPC does."""

    def __init__(self, agents: Agents, known: KnownAgents) -> None:
        self._agents = agents
        self._known = known

    async def CreateAgent(self, request: pb.CreateAgentRequest, context: Context) -> pb.CreateAgentResponse:
        require(request, "organization_id", "email")
        wanted = new_agent_from_proto(request)
        agent = await self._agents.create(request.organization_id, wanted, request.request_id, acting())
        return pb.CreateAgentResponse(agent=agent_to_proto(agent))

    async def GetAgent(self, request: pb.GetAgentRequest, context: Context) -> pb.GetAgentResponse:
        require(request, "organization_id", "agent_id")
        agent = await self._agents.get(request.organization_id, request.agent_id)
        return pb.GetAgentResponse(agent=agent_to_proto(agent))

    async def ListAgents(self, request: pb.ListAgentsRequest, context: Context) -> pb.ListAgentsResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._agents.list_agents(agent_filter_from_proto(request), page)
        return pb.ListAgentsResponse(agents=map(agent_to_proto, found), next_page_token=token)

    async def UpdateAgent(self, request: pb.UpdateAgentRequest, context: Context) -> pb.UpdateAgentResponse:
        require(request, "organization_id")
        require(request.agent, "agent_id")
        changes = agent_edit_from_proto(request)
        agent = await self._agents.update(request.organization_id, request.agent.agent_id, changes, acting())
        return pb.UpdateAgentResponse(agent=agent_to_proto(agent))

    async def DeactivateAgent(self, request: pb.DeactivateAgentRequest, context: Context) -> pb.DeactivateAgentResponse:
        require(request, "organization_id", "agent_id")
        agent = await self._agents.deactivate(request.organization_id, request.agent_id, acting())
        return pb.DeactivateAgentResponse(agent=agent_to_proto(agent))

    async def ReactivateAgent(self, request: pb.ReactivateAgentRequest, context: Context) -> pb.ReactivateAgentResponse:
        require(request, "organization_id", "agent_id")
        agent = await self._agents.reactivate(request.organization_id, request.agent_id, acting())
        return pb.ReactivateAgentResponse(agent=agent_to_proto(agent))

    async def SetAgentAvailability(
        self, request: pb.SetAgentAvailabilityRequest, context: Context
    ) -> pb.SetAgentAvailabilityResponse:
        require(request, "organization_id", "agent_id")
        availability = availability_from_proto(request.availability)
        agent = await self._agents.set_availability(request.organization_id, request.agent_id, availability, acting())
        return pb.SetAgentAvailabilityResponse(agent=agent_to_proto(agent))

    async def SetAgentName(self, request: pb.SetAgentNameRequest, context: Context) -> pb.SetAgentNameResponse:
        require(request, "organization_id", "agent_id", "display_name")
        agent = await self._agents.set_name(request.organization_id, request.agent_id, request.display_name, acting())
        return pb.SetAgentNameResponse(agent=agent_to_proto(agent))

    async def CheckAgent(self, request: pb.CheckAgentRequest, context: Context) -> pb.CheckAgentResponse:
        require(request, "agent_id")
        if not request.workspace_id:
            require(request, "organization_id")
        workspace_id = request.workspace_id or (ALL_WORKSPACES if request.all_workspaces else "")
        agent = await self._known.require_acting(
            request.agent_id, request.organization_id, workspace_id, role_from_proto(request.role, "role")
        )
        return pb.CheckAgentResponse(agent=agent_to_proto(agent))

    async def FindAgents(self, request: pb.FindAgentsRequest, context: Context) -> pb.FindAgentsResponse:
        require(request, "email")
        found = await self._agents.find(request.email)
        return pb.FindAgentsResponse(agents=map(agent_to_proto, found))

"""Agents for tests: whoever acts as `agent:<id>`, or is assigned a ticket, must be one."""

from datetime import UTC, datetime
from typing import Any

from keva.ticket.v1 import agent_service_pb2, agent_service_pb2_grpc
from servicekit.errors import PermissionDenied
from tests.mongo_clients import mongo_client
from ticket_service.domain.staff.agent import Agent, Role
from ticket_service.mongo.staff.agents import agent_to_document
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.staff.known_agents import KnownAgents
from ticket_service.use_cases.tenants import Tenants

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def put_agent(
    mongodb_uri: str,
    database: str,
    agent_id: str = "dana",
    role: Role = Role.ADMINISTRATOR,
    workspace_ids: tuple[str, ...] = (),
    organization_id: str = "default",
) -> None:
    """An agent with an id that reads well, in the database of a ticket_service, without a trace in its audit trail; one
    that is there already stays. CreateAgent chooses ids of its own."""
    email, name = f"{agent_id}@example.com", agent_id.title()
    agent = Agent(agent_id, organization_id, email, name, role, workspace_ids, _LONG_AGO, _LONG_AGO, _LONG_AGO)
    with mongo_client(mongodb_uri) as client:
        client[database]["agents"].replace_one({"_id": agent_id}, agent_to_document(agent), upsert=True)


def known_agents(store: MongoStore) -> KnownAgents:
    """Who may be assigned a ticket, by what is in that store."""
    return KnownAgents(store.agents, Tenants(store.workspaces).organization_of)


class AgentPeer(agent_service_pb2_grpc.AgentServiceServicer):
    """Stands for what ticket_service knows of agents: everybody may do anything, but those who are `refused`, with the
    reason. `asked` has all questions."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.asked: list[agent_service_pb2.CheckAgentRequest] = []

    async def CheckAgent(self, request: Any, context: Any) -> agent_service_pb2.CheckAgentResponse:
        self.asked.append(request)
        if reason := self.refused.get(request.agent_id):
            raise PermissionDenied(reason, "this agent may not", agent_id=request.agent_id)
        return agent_service_pb2.CheckAgentResponse()

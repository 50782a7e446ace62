"""Agents as ticket_service knows them now, asked once in two seconds, as at the doors of the services."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import grpc

from client.failure import Failure
from client.lists import list_workspaces
from client.services import Services
from client.session import Scope, Session
from console.sign_in.errors import of_ticket_service
from console.sign_in.itself import AS_ITSELF
from keva.ticket.v1 import agent_service_pb2, workspace_service_pb2
from servicekit.rpc.request_context import Actor

_SECONDS = 2.0
_MOST = 10_000
# Whoever gets one of these is nobody here any more.
_GONE = frozenset({"AGENT_NOT_FOUND", "AGENT_INACTIVE"})


@dataclass(frozen=True)
class KnownAgent:
    """An agent, and the workspaces that they may enter, in the order in which they were made."""

    agent: agent_service_pb2.Agent
    workspaces: tuple[workspace_service_pb2.Workspace, ...]

    def was_gone_since(self, time: datetime) -> bool:
        """Whether they were deactivated since then, and brought back: what let them in before does so no more."""
        return self.agent.HasField("reactivate_time") and time < self.agent.reactivate_time.ToDatetime(UTC)


class Agents:
    """Asks in the name of the agent who is asked for: whoever is not active gets no answer."""

    def __init__(self, services: Services, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, KnownAgent]] = {}

    async def find(self, organization_id: str, agent_id: str) -> KnownAgent | None:
        """The agent; None when there is none, or they are deactivated. Raises Failure."""
        key = (organization_id, agent_id)
        until, known = self._known.get(key, (0.0, None))
        if known is not None and until > self._monotonic():
            return known
        self._known.pop(key, None)
        known = await self._ask(organization_id, agent_id)
        if known is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = (self._monotonic() + _SECONDS, known)
        return known

    async def with_email(self, email: str) -> list[agent_service_pb2.Agent]:
        """The active agents of all organizations who have that e-mail address. Raises Unavailable
        TICKET_SERVICE_UNAVAILABLE."""
        request = agent_service_pb2.FindAgentsRequest(email=email)
        try:
            return list((await self._services.agents.FindAgents(request, metadata=AS_ITSELF)).agents)
        except grpc.aio.AioRpcError as error:
            raise of_ticket_service(error) from None

    def forget(self, organization_id: str, agent_id: str) -> None:
        """Asks again: the agent has just been changed here."""
        self._known.pop((organization_id, agent_id), None)

    async def _ask(self, organization_id: str, agent_id: str) -> KnownAgent | None:
        session = Session(self._services, Scope(Actor("agent", agent_id), organization_id, "", "US"))
        request = agent_service_pb2.GetAgentRequest(organization_id=organization_id, agent_id=agent_id)
        try:
            answer, every = await asyncio.gather(
                session.ask(self._services.agents.GetAgent, request), list_workspaces(session)
            )
        except Failure as failure:
            if failure.reason in _GONE:
                return None
            raise
        agent = answer.agent
        return KnownAgent(agent, tuple(w for w in every if _may_enter(agent, w.workspace_id)))


def _may_enter(agent: agent_service_pb2.Agent, workspace_id: str) -> bool:
    return agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR or workspace_id in agent.workspace_ids

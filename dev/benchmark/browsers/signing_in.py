"""Agents who have signed in at a console that is measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.mongo.database import Database
from console.sign_in.sessions import Sessions
from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WORKSPACE
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
from servicekit.clock import utc_now


class SignIn:
    """Adds agents of `running`, and begins their sessions."""

    def __init__(self, running: RunningStack, sessions: Sessions) -> None:
        self._running = running
        self._sessions = sessions

    async def headers(self, name: str) -> dict[str, str]:
        """What each request of a new agent of that name has."""
        request = agent_service_pb2.CreateAgentRequest(
            organization_id=ORGANIZATION,
            email=f"{name}@example.com",
            display_name=name,
            role=agent_service_pb2.AGENT_ROLE_AGENT,
            workspace_ids=[WORKSPACE],
        )
        agent = (await self._running.clients.agents.CreateAgent(request, metadata=OPERATOR)).agent
        secret, _ = await self._sessions.begin(ORGANIZATION, agent.agent_id)
        return {"Cookie": f"keva-session={secret}"}


@asynccontextmanager
async def signing_in(running: RunningStack) -> AsyncIterator[SignIn]:
    """While the console's database is open."""
    database = Database(running.stack.database_uri("console"), "keva_console")
    try:
        yield SignIn(running, Sessions(database.sessions, utc_now))
    finally:
        database.close()

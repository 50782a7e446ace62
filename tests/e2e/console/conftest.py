"""Tests of the console run against the whole Keva of all end-to-end tests (tests/e2e/conftest.py):

    async def test_the_inbox_has_a_text(desk: Desk, sign_in: SignIn) -> None:
        dana = await sign_in("dana")
        await desk.text("hello")
        page = await dana.get("/inbox/unassigned")
        assert "hello" in page.text

Each person is an agent of their own, with the role that is asked for, and a browser that runs no scripts.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient

from console.mongo.database import Database
from console.sign_in.sessions import Sessions
from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WORKSPACE
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.kept import Kept
from tests.e2e.console.person import Person
from tests.e2e.console.stranger import Invite, Stranger, new_link


class SignIn(Protocol):
    """Adds an agent, and signs them in."""

    async def __call__(
        self,
        name: str,
        role: agent_service_pb2.AgentRole.ValueType = agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
        *,
        workspaces: tuple[str, ...] = (WORKSPACE,),
        organization_id: str = ORGANIZATION,
        display_name: str = "",
    ) -> Person: ...


@asynccontextmanager
async def signing_in(running: RunningStack) -> AsyncIterator[SignIn]:
    """Signs people in to that stack; their names are made unique."""
    async with AsyncExitStack() as closing:
        database = Database(running.stack.database_uri("console"), "keva_console")
        closing.callback(database.close)
        sessions = Sessions(database.sessions, utc_now)

        async def person(
            name: str,
            role: agent_service_pb2.AgentRole.ValueType = agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
            *,
            workspaces: tuple[str, ...] = (WORKSPACE,),
            organization_id: str = ORGANIZATION,
            display_name: str = "",
        ) -> Person:
            request = Person.invitation(organization_id, name, role, workspaces)
            request.display_name = display_name or request.display_name
            agent = (await running.clients.agents.CreateAgent(request, metadata=OPERATOR)).agent
            secret, session = await sessions.begin(organization_id, agent.agent_id)
            return await closing.enter_async_context(Person(running.stack.console_url, agent, secret, session))

        yield person


@pytest_asyncio.fixture
async def sign_in(running: RunningStack) -> AsyncIterator[SignIn]:
    """Signs people in; their names are made unique."""
    async with signing_in(running) as person:
        yield person


@pytest_asyncio.fixture
async def invite(running: RunningStack) -> AsyncIterator[Invite]:
    """Adds people who have to sign in themselves; their names are made unique."""
    async with AsyncExitStack() as closing:

        async def person(
            name: str,
            role: agent_service_pb2.AgentRole.ValueType = agent_service_pb2.AGENT_ROLE_AGENT,
            *,
            organization_id: str = ORGANIZATION,
            email: str = "",
        ) -> Stranger:
            workspaces = (WORKSPACE,) if organization_id == ORGANIZATION else ()
            request = Person.invitation(organization_id, name, role, workspaces)
            request.email = email or request.email
            agent = (await running.clients.agents.CreateAgent(request, metadata=OPERATOR)).agent
            stranger = Stranger(running.stack.console_url, agent, await new_link(running, agent))
            return await closing.enter_async_context(stranger)

        yield person


@pytest_asyncio.fixture
async def kept(running: RunningStack) -> AsyncIterator[Kept]:
    """The console's database."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(running.stack.database_uri("console"), tz_aware=True)
    database = client["keva_console"]
    yield Kept(database["accounts"], database["links"], database["sessions"], database["drafts"])
    client.close()

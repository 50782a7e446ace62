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
from typing import Protocol

import pytest_asyncio

from console.mongo.database import Database
from console.sign_in.sessions import Sessions
from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WORKSPACE
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.person import Person


class SignIn(Protocol):
    """Adds an agent, and signs them in."""

    async def __call__(
        self,
        name: str,
        role: agent_service_pb2.AgentRole.ValueType = agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
        *,
        workspaces: tuple[str, ...] = (WORKSPACE,),
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
        ) -> Person:
            request = Person.invitation(ORGANIZATION, name, role, workspaces)
            agent = (await running.clients.agents.CreateAgent(request, metadata=OPERATOR)).agent
            secret, session = await sessions.begin(ORGANIZATION, agent.agent_id)
            return await closing.enter_async_context(Person(running.stack.console_url, agent, secret, session))

        yield person


@pytest_asyncio.fixture
async def sign_in(running: RunningStack) -> AsyncIterator[SignIn]:
    """Signs people in; their names are made unique."""
    async with signing_in(running) as person:
        yield person

"""Somebody who has no session yet, with a browser that runs no scripts, and the link that they were given."""

from datetime import UTC, datetime
from typing import Protocol

from console.sign_in.session import Session
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from keva.console.v1 import console_service_pb2
from keva.ticket.v1 import agent_service_pb2
from tests.e2e.console.person import Page, Person

PASSWORD = "correct horse battery"
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_NONE = Session("", "", "", "", _NEVER, _NEVER, _NEVER)


class Stranger(Person):
    """Forms bring the token that they need themselves."""

    def __init__(self, console_url: str, agent: agent_service_pb2.Agent, link: str) -> None:
        """`link` is the address of a one-time link."""
        super().__init__(console_url, agent, "", _NONE)
        self.forget_cookies()
        self.link = link.removeprefix(console_url)

    async def sign_in(self, password: str = PASSWORD, email: str = "", target: str = "") -> Page:
        """What comes of e-mail address and password."""
        page = await self.get("/sign-in" + (f"?next={target}" if target else ""))
        return await self.submit(page, "#sign-in", {"email": email or self.agent.email, "password": password})

    async def sign_out(self) -> Page:
        """What comes of the button on one's own page."""
        return await self.submit(await self.get("/me"), "#sign-out")

    async def set_password(self, password: str = PASSWORD) -> Page:
        """What comes of the link and a password."""
        return await self.submit(await self.get(self.link), "#welcome", {"password": password})


class Invite(Protocol):
    """Adds an agent, whom nobody has signed in, and gives them a link."""

    async def __call__(
        self,
        name: str,
        role: agent_service_pb2.AgentRole.ValueType = agent_service_pb2.AGENT_ROLE_AGENT,
        *,
        organization_id: str = ORGANIZATION,
        email: str = "",
    ) -> Stranger: ...


async def new_link(running: RunningStack, agent: agent_service_pb2.Agent) -> str:
    """A one-time link, as an operator makes it."""
    request = console_service_pb2.CreateSignInLinkRequest(
        organization_id=agent.organization_id, agent_id=agent.agent_id
    )
    return (await running.clients.console.CreateSignInLink(request, metadata=OPERATOR)).url

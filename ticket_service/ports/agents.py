"""What is asked of the agents."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel
from ticket_service.domain.staff.agent import Agent, AgentChange, AgentFilter, LeftWork
from ticket_service.domain.ticket import Ticket


class AgentStore(Protocol):
    """Agents, deactivated ones included where said."""

    async def create_agent(self, agent: Agent, request_id: str, entry: AuditEntry) -> Agent:
        """Stores it; the same request_id in the organization gives the one that was made then, as it is now.

        Raises AlreadyExists REQUEST_ID_REUSED when that one was asked for otherwise, and AGENT_ALREADY_EXISTS when
        another agent of the organization has its e-mail address, in whatever case.
        """
        ...

    async def get_agent(self, organization_id: str, agent_id: str) -> Agent:
        """Deactivated ones too. Raises NotFound AGENT_NOT_FOUND."""
        ...

    async def find_agent(self, agent_id: str) -> Agent | None:
        """Whichever organization it belongs to; deactivated ones too."""
        ...

    async def find_by_email(self, email: str, limit: int) -> list[Agent]:
        """Active ones of all organizations with that e-mail address, in whatever case, oldest first."""
        ...

    async def list_agents(self, agents: AgentFilter, limit: int) -> list[Agent]:
        """Oldest first."""
        ...

    async def change_agent(
        self, organization_id: str, agent_id: str, decide: Callable[[Agent, int], AgentChange]
    ) -> Agent:
        """Writes what `decide` says of the agent and of how many other active administrators there are, in one
        transaction: two changes of agents of one organization never decide by the same state. `decide` may be asked
        several times, and what it raises is raised. What `leaves_work` becomes left work in that transaction.

        Raises NotFound AGENT_NOT_FOUND, AlreadyExists AGENT_ALREADY_EXISTS.
        """
        ...


class LeftWorkStore(Protocol):
    """Finds tickets and channels that name an agent who may not work there. An agent's left work is one replica's by a
    lease."""

    async def claim_left_work(self, now: datetime, lease_until: datetime) -> LeftWork | None:
        """That of one agent that is due, the longest waiting first, with the agent as it is now; nobody else gets it
        until `lease_until`. None: none is due."""
        ...

    async def left_tickets(self, agent: Agent, limit: int) -> list[Ticket]:
        """Tickets of the agent's that are not CLOSED, and on which the agent may not work."""
        ...

    async def left_channels(self, agent: Agent) -> list[Channel]:
        """Subscribed numbers whose new tickets are assigned to the agent, who may not work on them."""
        ...

    async def postpone_left_work(self, work: LeftWork, due: datetime) -> None:
        """Gives the lease back until `due`, unless the agent was changed meanwhile: then it is due now."""
        ...

    async def finish_left_work(self, work: LeftWork) -> None:
        """Ends it, unless the agent was changed meanwhile."""
        ...

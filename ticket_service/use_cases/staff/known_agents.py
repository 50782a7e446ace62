"""Who may act as an agent, and be assigned a ticket: asked at the door of every request, so agents are remembered for
a moment."""

import time
from collections.abc import Awaitable, Callable

from ticket_service import staff_errors
from ticket_service.domain.staff.agent import ALL_WORKSPACES, Agent, Refusal, Role
from ticket_service.domain.ticket import Assignee, AssigneeKind
from ticket_service.ports.agents import AgentStore

# How long another replica may still take a change of an agent for undone. What was refused is looked up again at once,
# so only what is taken away takes effect so late.
SECONDS = 2.0
_MOST = 10_000

# The organization of a workspace, which must be the second argument unless that is empty. Raises NotFound.
OrganizationOf = Callable[[str, str], Awaitable[str]]


class KnownAgents:
    """Agents of all organizations, as they were at most two seconds ago, or as this replica has just changed them."""

    def __init__(
        self, store: AgentStore, organization_of: OrganizationOf, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._organization_of = organization_of
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Agent]] = {}

    def forget(self, agent_id: str) -> None:
        """Looks the agent up again."""
        self._known.pop(agent_id, None)

    async def require_acting(self, agent_id: str, organization_id: str, workspace_id: str, needed: Role) -> Agent:
        """The agent, who may do what needs that role there. `workspace_id` empty: nothing of a workspace; `*`: of all
        that the organization has.

        Raises PermissionDenied AGENT_NOT_FOUND (also for another organization's), AGENT_INACTIVE, ROLE_NOT_ALLOWED,
        WORKSPACE_NOT_ALLOWED; NotFound WORKSPACE_NOT_FOUND.
        """
        agent, refusal = await self._look_up(agent_id, organization_id, workspace_id, needed)
        if agent is None:
            raise staff_errors.nobody_acts_so(agent_id)
        if refusal is not None:
            raise staff_errors.agent_may_not(agent_id, refusal)
        return agent

    async def require_assignable(self, assignee: Assignee, workspace_id: str) -> None:
        """Raises NotFound AGENT_NOT_FOUND, FailedPrecondition AGENT_INACTIVE, ROLE_NOT_ALLOWED (viewers only read),
        WORKSPACE_NOT_ALLOWED. Assignees that are not agents are always allowed."""
        if assignee.kind is not AssigneeKind.AGENT:
            return
        agent, refusal = await self._look_up(assignee.agent_id, "", workspace_id, Role.AGENT)
        if agent is None:
            raise staff_errors.agent_not_found(assignee.agent_id)
        if refusal is not None:
            raise staff_errors.agent_cannot_be_assigned(assignee.agent_id, refusal)

    async def _look_up(
        self, agent_id: str, organization_id: str, workspace_id: str, needed: Role
    ) -> tuple[Agent | None, Refusal | None]:
        if workspace_id not in ("", ALL_WORKSPACES):
            organization_id = await self._organization_of(workspace_id, organization_id)
        known = self._remembered(agent_id)
        if known is not None and known.organization_id == organization_id:
            refusal = known.refusal(needed, workspace_id)
            if refusal is None:
                return known, None
        # Whatever would be refused may have been changed a moment ago.
        agent = await self._store.find_agent(agent_id)
        if agent is None:
            self.forget(agent_id)
            return None, None
        self._remember(agent)
        if agent.organization_id != organization_id:
            return None, None
        return agent, agent.refusal(needed, workspace_id)

    def _remembered(self, agent_id: str) -> Agent | None:
        read_at, agent = self._known.get(agent_id, (0.0, None))
        return agent if self._monotonic() - read_at < SECONDS else None

    def _remember(self, agent: Agent) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[agent.agent_id] = (self._monotonic(), agent)

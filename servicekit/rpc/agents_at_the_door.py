"""What a door asks about the agent for whom somebody acts: ticket_service knows, and every door asks it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# For how long what was allowed stays so without another question. What was refused is asked again at once.
SECONDS = 2.0
_MOST = 10_000


@dataclass(frozen=True)
class AgentAsks:
    """An agent wants what needs that `role`, in the organization, or the workspace, that the request names.
    `all_workspaces`: it could name a workspace, and names none."""

    agent_id: str
    role: str
    organization_id: str
    workspace_id: str
    all_workspaces: bool = False


# Raises PermissionDenied AGENT_NOT_FOUND, AGENT_INACTIVE, ROLE_NOT_ALLOWED, WORKSPACE_NOT_ALLOWED, and Unavailable when
# nobody can be asked.
RequireAgent = Callable[[AgentAsks], Awaitable[None]]


def remembered(require: RequireAgent, monotonic: Callable[[], float] = time.monotonic) -> RequireAgent:
    """The same, which asks `require` once in two seconds for what it allows."""
    allowed_until: dict[AgentAsks, float] = {}

    async def ask(asked: AgentAsks) -> None:
        if allowed_until.get(asked, 0.0) > monotonic():
            return
        allowed_until.pop(asked, None)
        await require(asked)
        if len(allowed_until) >= _MOST:
            allowed_until.clear()
        allowed_until[asked] = monotonic() + SECONDS

    return ask

"""The errors of keva.ticket.v1 that are about agents: who act, who are named, and who are kept."""

from servicekit.errors import AlreadyExists, FailedPrecondition, NotFound, PermissionDenied
from ticket_service.domain.staff.agent import Refusal


def agent_not_found(agent_id: str) -> NotFound:
    """No such agent in the organization that was named."""
    return NotFound("AGENT_NOT_FOUND", f"there is no agent {agent_id} in this organization", agent_id=agent_id)


def agent_already_exists(agent_id: str) -> AlreadyExists:
    """The e-mail address is taken, by one who may be deactivated."""
    return AlreadyExists(
        "AGENT_ALREADY_EXISTS",
        f"the agent {agent_id} has this e-mail address; update that one, or reactivate it",
        agent_id=agent_id,
    )


def last_administrator(agent_id: str) -> FailedPrecondition:
    """Nobody could add agents any more."""
    return FailedPrecondition(
        "LAST_ADMINISTRATOR",
        f"{agent_id} is the organization's last active administrator; make somebody else one first",
        agent_id=agent_id,
    )


_REFUSALS = {
    Refusal.INACTIVE: "is deactivated",
    Refusal.ROLE: "has a role that does not allow it",
    Refusal.WORKSPACE: "does not belong to this workspace",
}


def agent_may_not(agent_id: str, refusal: Refusal) -> PermissionDenied:
    """What an agent gets who asks for it."""
    why = f"the agent {agent_id} {_REFUSALS[refusal]}; ask an administrator"
    return PermissionDenied(refusal.value, why, agent_id=agent_id)


def nobody_acts_so(agent_id: str) -> PermissionDenied:
    """What somebody gets who acts as an agent that there is not."""
    return PermissionDenied("AGENT_NOT_FOUND", f"there is no agent {agent_id} in this organization", agent_id=agent_id)


def agent_cannot_be_assigned(agent_id: str, refusal: Refusal) -> FailedPrecondition:
    """What somebody gets who names such an agent as assignee."""
    why = f"the agent {agent_id} {_REFUSALS[refusal]}; choose somebody else"
    return FailedPrecondition(refusal.value, why, agent_id=agent_id)

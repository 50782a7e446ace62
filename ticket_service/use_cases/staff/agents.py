"""Use cases: read and change agents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors, staff_errors
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.staff import agent as domain
from ticket_service.domain.staff.agent import (
    MAX_EMAIL_CHARACTERS,
    MAX_WORKSPACES,
    Agent,
    AgentChange,
    AgentEdit,
    AgentFilter,
    Availability,
    Refusal,
    Role,
)
from ticket_service.ports.agents import AgentStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import require_display_name, require_request_id
from ticket_service.use_cases.email_addresses import require_email
from ticket_service.use_cases.staff.known_agents import KnownAgents

# Organizations in which somebody has the same e-mail address.
_MOST_FOUND = 20


@dataclass(frozen=True)
class NewAgent:
    """What is asked for of a new agent; an empty name is the e-mail address."""

    email: str
    display_name: str
    role: Role
    workspace_ids: tuple[str, ...]


class Agents:
    """Agents of all organizations."""

    def __init__(
        self,
        store: AgentStore,
        workspaces: WorkspaceStore,
        known: KnownAgents,
        clock: Clock,
        wake_left_work: Callable[[], None],
    ) -> None:
        """`wake_left_work` is called when an agent may have left work."""
        self._store = store
        self._workspaces = workspaces
        self._known = known
        self._clock = clock
        self._wake_left_work = wake_left_work

    async def create(self, organization_id: str, wanted: NewAgent, request_id: str, actor: Actor) -> Agent:
        """agent_service.proto, CreateAgent, names what is raised."""
        require_request_id(request_id)
        email = wanted.email.strip()
        _require_email(email, "email")
        name = wanted.display_name or email[:100]
        require_display_name(name, "display_name")
        workspace_ids = await self._checked(organization_id, wanted.workspace_ids, "workspace_ids")
        now = self._clock()
        agent = Agent(new_id("agt"), organization_id, email, name, wanted.role, workspace_ids, now, now, now)
        details = {"role": agent.role.value, "workspace_ids": ", ".join(workspace_ids)}
        entry = AuditEntry(AuditAction.AGENT_CREATED, agent.agent_id, actor, now, details)
        return await self._store.create_agent(agent, request_id, entry)

    async def get(self, organization_id: str, agent_id: str) -> Agent:
        """Raises AGENT_NOT_FOUND."""
        return await self._store.get_agent(organization_id, agent_id)

    async def list_agents(self, wanted: AgentFilter, asked: Page) -> tuple[list[Agent], str]:
        """A page of agents, oldest first, and the next page's token."""

        async def read(position: Position, limit: int) -> list[Agent]:
            return await self._store.list_agents(_after(wanted, id_at(position)), limit)

        return await page(asked, [wanted], read, lambda agent: [agent.agent_id])

    async def find(self, email: str) -> list[Agent]:
        """The active agents with that e-mail address, of whatever organization."""
        return [] if len(email) > MAX_EMAIL_CHARACTERS else await self._store.find_by_email(email, _MOST_FOUND)

    async def update(self, organization_id: str, agent_id: str, changes: AgentEdit, actor: Actor) -> Agent:
        """agent_service.proto, UpdateAgent, names what is raised."""
        changes = _trimmed(changes)
        if changes.email is not None:
            _require_email(changes.email, "agent.email")
        if changes.display_name is not None:
            require_display_name(changes.display_name, "agent.display_name")
        if changes.workspace_ids is not None:
            ids = await self._checked(organization_id, changes.workspace_ids, "agent.workspace_ids")
            changes = AgentEdit(changes.email, changes.display_name, changes.role, ids)
        return await self._change(
            organization_id, agent_id, lambda agent, others, now: domain.edit(agent, changes, others, actor, now)
        )

    async def deactivate(self, organization_id: str, agent_id: str, actor: Actor) -> Agent:
        """Raises AGENT_NOT_FOUND, LAST_ADMINISTRATOR."""
        return await self._change(
            organization_id, agent_id, lambda agent, others, now: domain.deactivate(agent, others, actor, now)
        )

    async def reactivate(self, organization_id: str, agent_id: str, actor: Actor) -> Agent:
        """Raises AGENT_NOT_FOUND."""
        return await self._change(organization_id, agent_id, lambda agent, _, now: domain.reactivate(agent, actor, now))

    async def set_name(self, organization_id: str, agent_id: str, name: str, actor: Actor) -> Agent:
        """Raises AGENT_NOT_FOUND, and ROLE_NOT_ALLOWED for one who is not an administrator, about somebody else."""
        require_display_name(name, "display_name")
        await self._require_own(organization_id, agent_id, actor)
        edit = AgentEdit(display_name=name)
        return await self._change(
            organization_id, agent_id, lambda agent, others, now: domain.edit(agent, edit, others, actor, now)
        )

    async def set_availability(
        self, organization_id: str, agent_id: str, availability: Availability, actor: Actor
    ) -> Agent:
        """Raises AGENT_NOT_FOUND, AGENT_INACTIVE, and ROLE_NOT_ALLOWED for one who is not an administrator, about
        somebody else."""
        await self._require_own(organization_id, agent_id, actor)

        def decide(agent: Agent, _: int, now: datetime) -> AgentChange:
            if not agent.is_active:
                raise staff_errors.agent_cannot_be_assigned(agent_id, Refusal.INACTIVE)
            return domain.set_availability(agent, availability, actor, now)

        return await self._change(organization_id, agent_id, decide)

    async def _require_own(self, organization_id: str, agent_id: str, actor: Actor) -> None:
        """What agents say of themselves, administrators say of all. Raises ROLE_NOT_ALLOWED."""
        if actor.kind is ActorKind.AGENT and actor.id != agent_id:
            await self._known.require_acting(actor.id, organization_id, "", Role.ADMINISTRATOR)

    async def _change(
        self, organization_id: str, agent_id: str, decide: Callable[[Agent, int, datetime], AgentChange]
    ) -> Agent:
        agent = await self._store.change_agent(
            organization_id, agent_id, lambda agent, others: decide(agent, others, self._clock())
        )
        self._known.forget(agent_id)
        self._wake_left_work()
        return agent

    async def _checked(self, organization_id: str, workspace_ids: Sequence[str], field: str) -> tuple[str, ...]:
        """Each once. Raises FIELD_INVALID, WORKSPACE_NOT_FOUND."""
        if len(workspace_ids) > MAX_WORKSPACES:
            raise errors.invalid(field, f"may have at most {MAX_WORKSPACES} workspaces")
        chosen = tuple(dict.fromkeys(workspace_ids))
        for workspace_id in chosen:
            await self._workspaces.get_workspace(organization_id, workspace_id)
        return chosen


def _after(wanted: AgentFilter, after: str) -> AgentFilter:
    return AgentFilter(wanted.organization_id, wanted.workspace_id, wanted.email, wanted.show_deactivated, after)


def _trimmed(changes: AgentEdit) -> AgentEdit:
    email = None if changes.email is None else changes.email.strip()
    return AgentEdit(email, changes.display_name, changes.role, changes.workspace_ids)


def _require_email(email: str, field: str) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID."""
    if not email:
        raise errors.required(field)
    if len(email) > MAX_EMAIL_CHARACTERS:
        raise errors.invalid(field, f"is longer than {MAX_EMAIL_CHARACTERS} characters")
    require_email(email, field)

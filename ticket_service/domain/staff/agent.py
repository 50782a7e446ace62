"""Agents: who they are, what they may do, and what changes of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from unicodedata import normalize

from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import LastAdministrator

MAX_EMAIL_CHARACTERS = 254
MAX_WORKSPACES = 100


class Role(Enum):
    """What an agent may do; agent_service.proto says what each means. Later ones may do what earlier ones may."""

    VIEWER = "VIEWER"
    AGENT = "AGENT"
    ADMINISTRATOR = "ADMINISTRATOR"

    def includes(self, other: "Role") -> bool:
        """Whether whoever has this one may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Availability(Enum):
    """Whether an agent takes new work."""

    AVAILABLE = "AVAILABLE"
    AWAY = "AWAY"


class Refusal(Enum):
    """Why an agent may not do something."""

    INACTIVE = "AGENT_INACTIVE"
    ROLE = "ROLE_NOT_ALLOWED"
    WORKSPACE = "WORKSPACE_NOT_ALLOWED"


@dataclass(frozen=True)
class Agent:
    """A person of the support staff. `availability_time`: since when it is so. `deactivate_time` set: not active.
    `reactivate_time`: when they were last brought back; what let them in before that does so no more."""

    agent_id: str
    organization_id: str
    email: str
    display_name: str
    role: Role
    workspace_ids: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    availability_time: datetime
    availability: Availability = Availability.AWAY
    deactivate_time: datetime | None = None
    reactivate_time: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the agent may do anything."""
        return self.deactivate_time is None

    @property
    def is_active_administrator(self) -> bool:
        """Of these there must be one, once there was one."""
        return self.is_active and self.role is Role.ADMINISTRATOR

    def belongs_to(self, workspace_id: str) -> bool:
        """Whether a workspace of the agent's organization is the agent's; `*` stands for all of them."""
        return self.role is Role.ADMINISTRATOR or workspace_id in self.workspace_ids

    def refusal(self, needed: Role, workspace_id: str) -> Refusal | None:
        """Why the agent may not do what needs that role in that workspace of the organization (empty: in none, `*`: in
        all); None when it is allowed."""
        if not self.is_active:
            return Refusal.INACTIVE
        if not self.role.includes(needed):
            return Refusal.ROLE
        if workspace_id and not self.belongs_to(workspace_id):
            return Refusal.WORKSPACE
        return None


ALL_WORKSPACES = "*"


@dataclass(frozen=True)
class AgentFilter:
    """Which agents of an organization; empty values match all. `after` is the last agent id of the page before."""

    organization_id: str
    workspace_id: str = ""
    email: str = ""
    show_deactivated: bool = False
    after: str = ""


@dataclass(frozen=True)
class AgentEdit:
    """New values; None leaves a field as it is."""

    email: str | None = None
    display_name: str | None = None
    role: Role | None = None
    workspace_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class AgentChange:
    """An agent after a change, and what the audit trail says of it. No entries: nothing changed. `leaves_work`: there
    may be tickets that the agent may not work on any more."""

    agent: Agent
    entries: tuple[AuditEntry, ...] = ()
    leaves_work: bool = False


@dataclass(frozen=True)
class LeftWork:
    """Work that an agent may have left, as it was claimed; `since`: when the agent was last changed so."""

    agent: Agent
    since: datetime
    lease_id: str


def email_key(email: str) -> str:
    """What is the same for two spellings of one e-mail address, by case, and by whether an accent is a character of its
    own, which depends on the keyboard."""
    return normalize("NFC", normalize("NFC", email.strip()).casefold())


def edit(agent: Agent, changes: AgentEdit, other_administrators: int, actor: Actor, now: datetime) -> AgentChange:
    """Other name, e-mail address, role or workspaces. The audit trail does not quote the first two: they say who the
    person is. Raises LastAdministrator, by how many other ones are active."""
    chosen = {name: value for name, value in vars(changes).items() if value is not None}
    changed = replace(agent, **chosen)
    if changed == agent:
        return AgentChange(agent)
    _require_administrator(agent, changed, other_administrators)
    fields = sorted(name for name in chosen if getattr(agent, name) != getattr(changed, name))
    details = {"fields": ", ".join(fields)}
    if "role" in fields:
        details["role"] = changed.role.value
    if "workspace_ids" in fields:
        details["workspace_ids"] = ", ".join(changed.workspace_ids)
    entry = AuditEntry(AuditAction.AGENT_UPDATED, agent.agent_id, actor, now, details)
    return AgentChange(replace(changed, update_time=now), (entry,), _may_less(agent, changed))


def deactivate(agent: Agent, other_administrators: int, actor: Actor, now: datetime) -> AgentChange:
    """The agent may do nothing more, and is away. Raises LastAdministrator."""
    if not agent.is_active:
        return AgentChange(agent)
    gone = _with_availability(replace(agent, deactivate_time=now, update_time=now), Availability.AWAY, now)
    _require_administrator(agent, gone, other_administrators)
    return AgentChange(gone, (AuditEntry(AuditAction.AGENT_DEACTIVATED, agent.agent_id, actor, now),), True)


def reactivate(agent: Agent, actor: Actor, now: datetime) -> AgentChange:
    """The agent may do again what the role allows."""
    if agent.is_active:
        return AgentChange(agent)
    back = replace(agent, deactivate_time=None, reactivate_time=now, update_time=now)
    return AgentChange(back, (AuditEntry(AuditAction.AGENT_REACTIVATED, agent.agent_id, actor, now),))


def set_availability(agent: Agent, availability: Availability, actor: Actor, now: datetime) -> AgentChange:
    """The agent takes new work from now on, or none. One who is deactivated is away, and stays so."""
    if availability is agent.availability:
        return AgentChange(agent)
    details = {"from": agent.availability.value, "to": availability.value}
    entry = AuditEntry(AuditAction.AGENT_AVAILABILITY_CHANGED, agent.agent_id, actor, now, details)
    return AgentChange(_with_availability(agent, availability, now), (entry,))


def _with_availability(agent: Agent, availability: Availability, now: datetime) -> Agent:
    if availability is agent.availability:
        return agent
    return replace(agent, availability=availability, availability_time=now, update_time=now)


def _require_administrator(before: Agent, after: Agent, others: int) -> None:
    if before.is_active_administrator and not after.is_active_administrator and others == 0:
        raise LastAdministrator(before.agent_id)


def _may_less(before: Agent, after: Agent) -> bool:
    """Whether there may be tickets that the agent might work on before, and may not any more."""
    now = may_work_in(after)
    return ALL_WORKSPACES not in now and not set(may_work_in(before)) <= set(now)


def may_work_in(agent: Agent) -> Collection[str]:
    """The workspaces whose tickets the agent may work on; `*` alone stands for all of them."""
    if not agent.is_active or not agent.role.includes(Role.AGENT):
        return frozenset()
    return frozenset({ALL_WORKSPACES} if agent.role is Role.ADMINISTRATOR else agent.workspace_ids)

"""Workspaces: who works on tickets, and how long they are kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.audit import THE_SERVICE, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.work.business_hours import BusinessHours
from ticket_service.domain.work.office import NO_LIMIT, NO_TARGET

DEFAULT_ORGANIZATION = "default"
DEFAULT_WORKSPACE = "default"
DEFAULT_AUTO_CLOSE_AFTER = timedelta(days=7)
FOR_EVER = timedelta(0)
MAX_DISPLAY_NAME_CHARACTERS = 100


@dataclass(frozen=True)
class Workspace:
    """A part of an organization: customers and tickets live in it.

    `auto_close_after` zero: RESOLVED tickets are never closed by themselves. `retain_for` zero: what CLOSED tickets
    hold is never erased by itself, and no customer is forgotten.
    Without `business_hours` it is always open. `out_of_office_text` empty: nothing is said while it is closed. A target
    of zero: no answer is due at any time. `max_open_tickets` zero: an agent is dealt tickets however many they have.
    """

    workspace_id: str
    organization_id: str
    display_name: str
    create_time: datetime
    auto_close_after: timedelta = DEFAULT_AUTO_CLOSE_AFTER
    ai_profile: AiProfile = field(default_factory=AiProfile)
    retain_for: timedelta = FOR_EVER
    business_hours: BusinessHours | None = None
    out_of_office_text: str = ""
    first_answer_target: timedelta = NO_TARGET
    next_answer_target: timedelta = NO_TARGET
    max_open_tickets: int = NO_LIMIT


def default_workspace(now: datetime) -> tuple[Workspace, AuditEntry]:
    """The workspace that a new installation starts with, and what the audit trail says of it."""
    workspace = Workspace(DEFAULT_WORKSPACE, DEFAULT_ORGANIZATION, "Support", now)
    return workspace, AuditEntry(AuditAction.WORKSPACE_CREATED, DEFAULT_WORKSPACE, THE_SERVICE, now)

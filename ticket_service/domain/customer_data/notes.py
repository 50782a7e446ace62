"""Notes about customers, which stand on no ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer

MAX_NOTE_CHARACTERS = 10_000


@dataclass(frozen=True)
class CustomerNote:
    """A note for the support staff alone."""

    customer_note_id: str
    organization_id: str
    workspace_id: str
    customer_id: str
    text: str
    actor: Actor
    create_time: datetime


# The note about that customer, and its audit record.
WriteNote = Callable[[Customer], tuple[CustomerNote, AuditEntry]]


def recorded(action: AuditAction, note: CustomerNote, actor: Actor, now: datetime) -> AuditEntry:
    """That somebody wrote or removed it, and nothing of what it says."""
    return AuditEntry(action, note.customer_id, actor, now, {"note": note.customer_note_id})

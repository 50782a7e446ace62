"""What happened, on its way to the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """`actor_kind` and `actor_id` say who did it. `details` never holds a secret, a text or a whole phone number."""

    audit_record_id: str
    organization_id: str
    action: str
    subject_id: str
    actor_kind: str
    actor_id: str
    time: datetime
    details: Mapping[str, str] = field(default_factory=dict)

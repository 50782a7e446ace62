"""Where it is kept who did what."""

from typing import Protocol

from sms_service.domain.audit_entry import AuditEntry


class AuditTrail(Protocol):
    """The organizations' audit trails, which ticket_service keeps."""

    async def append(self, entry: AuditEntry) -> None:
        """Durable when it returns; once by its id, so that asking again is safe. Raises Unavailable
        TICKET_SERVICE_UNAVAILABLE."""
        ...

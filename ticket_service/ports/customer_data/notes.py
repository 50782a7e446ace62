"""What notes about customers need of the database."""

from collections.abc import Callable
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer_data.notes import CustomerNote, WriteNote


class CustomerNoteStore(Protocol):
    """Keeps notes as long as the customer is not forgotten."""

    async def add_note(self, workspace_id: str, customer_id: str, request_id: str, write: WriteNote) -> CustomerNote:
        """Stores what `write` gives, with its audit record, or gives the note that the same `request_id` has written
        before. `write` may be asked several times, and may raise. A customer who is forgotten meanwhile keeps none.
        Raises CUSTOMER_NOT_FOUND, and REQUEST_ID_REUSED where that note is another."""
        ...

    async def list_notes(self, workspace_id: str, customer_id: str, before: str, limit: int) -> list[CustomerNote]:
        """At most `limit`, newest first; only older ones than the note `before`, if it is given."""
        ...

    async def delete_note(
        self, workspace_id: str, customer_note_id: str, record: Callable[[CustomerNote], AuditEntry]
    ) -> None:
        """Raises CUSTOMER_NOTE_NOT_FOUND."""
        ...

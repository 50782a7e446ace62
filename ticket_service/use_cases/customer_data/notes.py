"""Use cases: write, read and remove notes about customers."""

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.customer_data import notes as domain
from ticket_service.domain.customer_data.notes import MAX_NOTE_CHARACTERS, CustomerNote
from ticket_service.ports.customer_data.notes import CustomerNoteStore
from ticket_service.ports.customers import CustomerStore
from ticket_service.use_cases.checks import require_request_id, require_text


class CustomerNotes:
    """Notes about customers of all workspaces."""

    def __init__(self, store: CustomerNoteStore, customers: CustomerStore, clock: Clock) -> None:
        self._store = store
        self._customers = customers
        self._clock = clock

    async def add(self, workspace_id: str, customer_id: str, text: str, request_id: str, actor: Actor) -> CustomerNote:
        """Raises CUSTOMER_NOT_FOUND, CUSTOMER_FORGOTTEN, REQUEST_ID_REUSED, FIELD_REQUIRED, FIELD_INVALID."""
        require_text(text, MAX_NOTE_CHARACTERS)
        require_request_id(request_id)
        note_id = new_id("cno")

        def write(customer: Customer) -> tuple[CustomerNote, AuditEntry]:
            if customer.forget_time:
                raise errors.customer_forgotten(customer_id)
            now = self._clock()
            note = CustomerNote(note_id, customer.organization_id, workspace_id, customer_id, text, actor, now)
            return note, domain.recorded(AuditAction.CUSTOMER_NOTE_ADDED, note, actor, now)

        return await self._store.add_note(workspace_id, customer_id, request_id, write)

    async def list_notes(self, workspace_id: str, customer_id: str, asked: Page) -> tuple[list[CustomerNote], str]:
        """A page, newest first, and the next page's token. Raises CUSTOMER_NOT_FOUND, PAGE_TOKEN_INVALID."""
        await self._customers.get_customer(workspace_id, customer_id)

        async def read(position: Position, limit: int) -> list[CustomerNote]:
            return await self._store.list_notes(workspace_id, customer_id, id_at(position), limit)

        return await page(asked, [workspace_id, customer_id], read, lambda note: [note.customer_note_id])

    async def delete(self, workspace_id: str, customer_note_id: str, actor: Actor) -> None:
        """Raises CUSTOMER_NOTE_NOT_FOUND."""

        def record(note: CustomerNote) -> AuditEntry:
            return domain.recorded(AuditAction.CUSTOMER_NOTE_DELETED, note, actor, self._clock())

        await self._store.delete_note(workspace_id, customer_note_id, record)

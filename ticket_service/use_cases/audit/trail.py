"""Use cases: read the audit trail, and add what happened in other services."""

from collections.abc import Sequence
from dataclasses import replace

from servicekit.limits import ITEMS_PER_CALL
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors
from ticket_service.domain.audit import NO_TICKET, AuditFilter, AuditRecord
from ticket_service.ports.audit import AuditStore

# What happens in other services, each of which records its own; what happens here only ticket_service records.
ACTIONS_OF_SERVICES = {
    "credentials_service": ("credential.", "keys."),
    "sms_service": ("phone_number.", "text."),
    "console": ("sign_in.",),
}
ACTIONS_OF_OTHERS = tuple(action for actions in ACTIONS_OF_SERVICES.values() for action in actions)


class AuditTrail:
    """The trails of all organizations."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store

    async def list_records(self, wanted: AuditFilter, asked: Page) -> tuple[list[AuditRecord], str]:
        """A page of records, newest first, and the next page's token."""

        async def read(position: Position, limit: int) -> list[AuditRecord]:
            return await self._store.list_records(replace(wanted, before=id_at(position)), limit)

        return await page(asked, [wanted], read, lambda record: [record.audit_record_id])

    async def append(self, organization_id: str, records: Sequence[AuditRecord], service: str) -> None:
        """Adds records of `service` to the organization's own trail, once per id. One that Keva does not know, as a
        policy of somebody's own may let in, stands for any other. Raises FIELD_REQUIRED, FIELD_INVALID."""
        allowed = ACTIONS_OF_SERVICES.get(service, ACTIONS_OF_OTHERS)
        if len(records) > ITEMS_PER_CALL:
            raise errors.invalid("audit_records", f"may have at most {ITEMS_PER_CALL} entries")
        for record in records:
            if not record.audit_record_id.startswith("aud_"):
                raise errors.invalid("audit_records.audit_record_id", "must be aud_ and a ULID")
            if not record.entry.action:
                raise errors.required("audit_records.action")
            if not record.entry.action.startswith(allowed):
                raise errors.invalid("audit_records.action", f"must begin with {' or '.join(allowed)}")
        of_organization = [replace(r, organization_id=organization_id, ticket_id=NO_TICKET) for r in records]
        await self._store.append_records(of_organization)

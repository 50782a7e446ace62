"""Signs audit records on their way into the store: each with the one before it, and the end of their chain."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from servicekit.audit.chain import START, Head, Keys, Link, head_of, to_millis
from ticket_service.domain.audit import AuditRecord

# No record was signed with it: a chain that goes on from a head that does not verify stays visibly broken.
_BROKEN = "broken"
_log = structlog.get_logger(__name__)


class AuditSigning:
    """Continues chains. Everything is computed in memory."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def extend(self, head: str, records: Sequence[AuditRecord]) -> tuple[list[AuditRecord], str]:
        """`records`, all of one chain and in their places, signed behind `head` (empty: a new chain); the new head."""
        first = records[0]
        previous = self._previous(head, first)
        signed = []
        for record in records:
            previous = link_of(record, self.keys.active_id).mac_after(previous, self.keys) or _BROKEN
            signed.append(replace(record, key_id=self.keys.active_id, mac=previous))
        end = head_of(first.organization_id, first.ticket_id, records[-1].sequence, previous, self.keys)
        return signed, str(end)

    def extend_tickets(
        self, records: Sequence[AuditRecord], heads: dict[str, str]
    ) -> tuple[list[AuditRecord], dict[str, str]]:
        """The same for records of several tickets: `heads` and the new ones are by ticket id."""
        chains: dict[str, list[AuditRecord]] = {}
        for record in records:
            chains.setdefault(record.ticket_id, []).append(record)
        signed: list[AuditRecord] = []
        new_heads: dict[str, str] = {}
        for ticket_id, chain in chains.items():
            extended, new_heads[ticket_id] = self.extend(heads[ticket_id], chain)
            signed += extended
        return signed, new_heads

    def _previous(self, head: str, first: AuditRecord) -> str:
        if not head and first.sequence == 1:
            return START
        known = Head.parse(head)
        fits = known is not None and known.sequence == first.sequence - 1
        if known is None or not fits or not known.is_of(first.organization_id, first.ticket_id, self.keys):
            # No text is refused for it: whoever verifies finds the place.
            _log.error("audit chain broken", ticket_id=first.ticket_id, sequence=first.sequence)
            return _BROKEN
        return known.mac


def link_of(record: AuditRecord, key_id: str) -> Link:
    """A record as it is to be signed with that key."""
    entry = record.entry
    return Link(
        organization_id=record.organization_id,
        workspace_id=record.workspace_id,
        ticket_id=record.ticket_id,
        sequence=record.sequence,
        audit_record_id=record.audit_record_id,
        time_ms=to_millis(entry.time),
        actor_kind=entry.actor.kind.value,
        actor_id=entry.actor.id,
        action=entry.action,
        subject_id=entry.subject_id,
        details=entry.details,
        key_id=key_id,
    )

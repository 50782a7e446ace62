"""What is asked of the audit trail."""

from collections.abc import Sequence
from typing import Protocol

from servicekit.audit.chain import ChainPiece, Claim
from ticket_service.domain.audit import AuditFilter, AuditRecord, ChainPlace, ChainScope


class AuditStore(Protocol):
    """The audit trail. Records are only ever added."""

    async def list_records(self, records: AuditFilter, limit: int) -> list[AuditRecord]:
        """At most `limit`, newest first."""
        ...

    async def append_records(self, records: Sequence[AuditRecord]) -> None:
        """Adds records that belong to no ticket to their organization's own trail, giving them their sequence; those
        whose id is there already are left out."""
        ...

    async def append_to_sound_chain(self, record: AuditRecord) -> bool:
        """The same for one record, if its chain ends as the head says; otherwise nothing is added. Whether it was."""
        ...

    async def count_records(self, scope: ChainScope) -> int:
        """How many records the chains have."""
        ...

    async def find_unplaced(self, scope: ChainScope, limit: int) -> list[tuple[str, str]]:
        """At most `limit` records that have no place in any chain, since their ticket id or sequence is malformed:
        ticket id (empty if it is none) and record id."""
        ...

    async def read_chains(
        self, scope: ChainScope, after: ChainPlace | None, limit: int
    ) -> tuple[list[ChainPiece], ChainPlace | None]:
        """The next `limit` records, chain by chain in the order of their places, the organization's own chain first,
        all read at one moment; and how far they go, None at the end. Chains without records, of tickets that there are,
        are among them, and so is that of an organization that there is. Raises NotFound TICKET_NOT_FOUND for a ticket
        that the workspace does not have, or, without a workspace, of which not even records are there."""
        ...

    async def find_macs(
        self, organization_id: str, claims: Sequence[Claim]
    ) -> tuple[dict[tuple[str, int], str], dict[str, int]]:
        """The MACs at the claimed places; and, of chains without a record there, their last place (0: none)."""
        ...

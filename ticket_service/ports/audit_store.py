"""What the audit trail needs of the database; store.py's rules hold here too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from servicekit.audit.chain import Claim, Head, Link
from ticket_service.domain.audit import AuditEntry, AuditRecord
from ticket_service.ports.store import AuditFilter


@dataclass(frozen=True)
class ChainScope:
    """Which audit chains: a ticket's, those of a workspace's tickets, or all of the organization."""

    organization_id: str
    workspace_id: str = ""
    ticket_id: str = ""


@dataclass(frozen=True)
class ChainPlace:
    """How far chains have been read: up to this place of this chain; `is_open` while it may have more records."""

    ticket_id: str = ""
    sequence: int = -1
    is_open: bool = True


@dataclass(frozen=True)
class ChainPiece:
    """A piece of a chain. Where it `ends` the chain, `head` is the signed one, as it is stored (empty: there is none),
    and `exists` says whether there is what it lies on: the ticket, or the organization's counter."""

    ticket_id: str
    links: tuple[Link, ...]
    ends: bool
    head: str = ""
    exists: bool = True


class AuditStore(Protocol):
    """The audit trail. Records are only ever added."""

    async def list_records(self, records: AuditFilter, limit: int) -> list[AuditRecord]:
        """At most `limit`, newest first."""
        ...

    async def append_records(self, records: Sequence[AuditRecord]) -> None:
        """Adds records that belong to no ticket to their organization's own trail, giving them their sequence; those
        whose id is there already are left out."""
        ...

    async def count_records(self, scope: ChainScope) -> int:
        """How many records the chains have."""
        ...

    async def find_unplaced(self, scope: ChainScope, limit: int) -> list[tuple[str, str]]:
        """At most `limit` records that have no place in any chain, since their ticket id or sequence is no such thing:
        ticket id (empty if it is none) and record id."""
        ...

    async def read_chains(
        self, scope: ChainScope, after: ChainPlace | None, limit: int
    ) -> tuple[list[ChainPiece], ChainPlace | None]:
        """The next `limit` records, chain by chain in the order of their places, the organization's own chain first,
        all read at one moment; and how far they go, None at the end. Chains without records, of tickets that there are,
        are among them. Raises NotFound TICKET_NOT_FOUND for a ticket that the workspace does not have, or, without
        a workspace, of which not even records are there."""
        ...

    async def find_macs(
        self, organization_id: str, claims: Sequence[Claim]
    ) -> tuple[dict[tuple[str, int], str], dict[str, int]]:
        """The MACs at the claimed places; and, of chains without a record there, their last place (0: none)."""
        ...


class AnchorStore(Protocol):
    """The heads of chains that have grown since they were anchored."""

    async def claim_anchoring(self, now: datetime, lease_until: datetime) -> bool:
        """Whether it is this replica's turn; nobody else's until `lease_until`, or `release_anchoring`."""
        ...

    async def release_anchoring(self) -> None:
        """Ends the lease."""
        ...

    async def list_organizations(self) -> list[str]:
        """All of them."""
        ...

    async def anchor_tickets(
        self, organization_id: str, limit: int, decide: Callable[[dict[str, Head]], AuditEntry]
    ) -> bool:
        """Adds what `decide` makes of the heads, by ticket id, of at most `limit` chains that have grown to the
        organization's trail; whether there may be more. What a failover could still take back is not among them."""
        ...

    async def organization_heads(self) -> dict[str, Head]:
        """The heads of the organizations' own chains, on a majority's journals."""
        ...

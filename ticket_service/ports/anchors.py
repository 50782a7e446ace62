"""What anchoring the audit trail needs of the database."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from servicekit.audit.chain import Head
from ticket_service.domain.audit import AuditEntry


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
        self,
        organization_id: str,
        limit: int,
        decide: Callable[[dict[str, Head]], AuditEntry],
        now: datetime | None = None,
    ) -> bool:
        """Adds what `decide` makes of the heads, by ticket id, of at most `limit` chains that have grown to the
        organization's trail; whether there may be more. What a failover could still take back is not among them, and
        what a replaced key has signed only if that was not known yet where it was written, or, without `now`, while the
        key is being replaced."""
        ...

    async def organizations_of_other_keys(self) -> dict[str, str]:
        """While the active key takes the place of others: the organizations whose own chain's head one of those has
        signed, and its id."""
        ...

    async def finish_taking_over(self) -> None:
        """From now on replaced keys prove nothing by themselves."""
        ...

    async def add_entry(self, organization_id: str, entry: AuditEntry) -> None:
        """Adds it to the organization's own trail."""
        ...

    async def organization_heads(self) -> dict[str, Head]:
        """The heads of the organizations' own chains, on a majority's journals."""
        ...

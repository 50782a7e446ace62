"""What verifying the audit trail needs of anchors, and of what this replica knows by itself."""

from collections.abc import Collection, Mapping
from typing import Protocol

from servicekit.audit.chain import Claim, Keys, Link
from servicekit.audit.key_changes import KeyChange
from ticket_service.domain.audit import ChainScope


class ClaimStore(Protocol):
    """The claims that anchors in organizations' own chains make of tickets' chains."""

    async def keys(self, organization_id: str) -> Keys:
        """The audit keys, with the one that signs now; another replica may just have made it active."""
        ...

    def known(self, scope: ChainScope) -> list[Claim]:
        """What this replica knows by itself since it started: the newest record of the organization's own chain that it
        has seen on a majority's journals, and the newest of those of the chains that it has just written to."""
        ...

    async def find_claims(
        self, organization_id: str, ticket_ids: Collection[str], verified: bool, until_ms: int | None = None
    ) -> dict[str, Claim]:
        """The newest claim of each of these chains, by ticket id; none of those that no anchor knows, or none had known
        at `until_ms`, in milliseconds since 1970. `verified`: the organization's own chain is being verified; otherwise
        anchors are left out that are not signed where they stand."""
        ...

    async def index_anchors(self, organization_id: str) -> bool:
        """Makes anchors known to find_claims that are not: those of an earlier version. Whether there were any."""
        ...

    async def find_times(self, organization_id: str, places: Mapping[str, int]) -> dict[str, int]:
        """The times, in milliseconds since 1970, of the records at one place of each of these chains, by ticket id; 0
        for a value that is not a time."""
        ...

    async def find_links(self, organization_id: str, ticket_id: str, sequence: int) -> list[Link]:
        """The chain's records from that place on, at most one more than may be late."""
        ...

    async def find_key_changes(self, organization_id: str) -> dict[str, KeyChange]:
        """Where other keys go on with the organization's own chain, by the new key's id."""
        ...

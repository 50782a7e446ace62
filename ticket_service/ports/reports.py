"""What reports need of the database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.reports.counting import CountRecords, Progress
from ticket_service.domain.reports.figures import DayFigures, Dimension
from ticket_service.domain.reports.ticket_row import RowFilter, TicketNow, TicketRow


class ReportStore(Protocol):
    """Counts the audit trail: each record exactly once, whatever happens to whoever counts. How far it is counted is
    written in the transaction that writes what was."""

    async def claim_counting(self, now: datetime, lease_until: datetime) -> bool:
        """Whether it is this replica's turn; nobody else's until `lease_until`, or `release_counting`. Two that count
        at once do no harm."""
        ...

    async def release_counting(self) -> None:
        """Ends the lease."""
        ...

    async def list_organizations(self) -> list[str]:
        """All of them."""
        ...

    async def count_news(self, organization_id: str, count: CountRecords) -> bool:
        """Counts the next records of the organization's own chain, and those of the tickets that its anchors name; what
        a failover could still take back is not among them. Returns whether there may be more."""
        ...

    async def count_older(self, count: CountRecords) -> bool:
        """Counts the next tickets of all there are, in the order of their ids, once: anchors name only those that have
        grown since there were anchors. Returns whether there may be more."""
        ...

    async def progress(self, organization_id: str) -> Progress:
        """How far it is."""
        ...

    async def read_days(
        self, workspace_id: str, dimensions: Collection[Dimension], first_day: str, last_day: str
    ) -> list[DayFigures]:
        """What happened on these days, both included, by day."""
        ...

    async def list_rows(self, wanted: RowFilter, limit: int) -> list[TicketRow]:
        """Rows in the order of their tickets' creation."""
        ...

    async def tickets_now(self, workspace_id: str, ticket_ids: Sequence[str]) -> dict[str, TicketNow]:
        """The tickets as they are now, by id."""
        ...

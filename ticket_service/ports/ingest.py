"""What storing texts needs of the database."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ticket_service.domain.ingest_plan import IngestPlan, Outcome, Snapshot
from ticket_service.domain.message import InboundText


class IngestStore(Protocol):
    """Stores texts."""

    async def ingest(
        self, texts: Sequence[InboundText], plan: Callable[[Sequence[InboundText], Snapshot], IngestPlan]
    ) -> list[Outcome]:
        """Reads a snapshot, asks `plan` what to do, and writes it in one transaction; one outcome per text, in order.

        `plan` is asked again when somebody else was faster. A text that the database will never take is refused
        (MESSAGE_REJECTED) by itself; its neighbours are stored.
        """
        ...

"""What storing texts needs of the database."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ticket_service.domain.ingest_plan import IngestPlan, Outcome, Snapshot
from ticket_service.domain.message import InboundText


class IngestStore(Protocol):
    """Stores texts."""

    async def ingest(self, text: InboundText, plan: Callable[[Sequence[InboundText], Snapshot], IngestPlan]) -> Outcome:
        """What became of the text. Texts of all callers that come while others are being stored are stored together:
        `plan` is asked about those that were given the same one, with a snapshot of what concerns them, and again when
        somebody else was faster. All of what it says is written in one transaction, or nothing.

        A text that the database will never take is refused (MESSAGE_REJECTED) by itself; its neighbours are stored.
        Recovered texts leave room to others. Raises Unavailable when nothing can be stored now: asking again is safe.
        """
        ...

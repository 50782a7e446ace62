"""What is asked of the AI's turns."""

from datetime import datetime
from typing import Protocol

from ticket_service.domain.ai_turn import AiTurn


class AiTurnStore(Protocol):
    """The AI's turns that wait. They start with a text or an assignment, and end with what the AI writes."""

    async def claim_turn(self, now: datetime, lease_until: datetime) -> AiTurn | None:
        """A turn that is due, the longest waiting first; nobody else gets it until `lease_until`. None: none is due."""
        ...

    async def release_turn(
        self, turn: AiTurn, due: datetime, latest: datetime, failing_since: datetime | None, greeted: bool = False
    ) -> None:
        """Gives a claimed turn back. A newer version that waits for the customer's next text keeps its own `due`, and
        waits until `latest` at most. `greeted`: it is a greeting and nothing else, and at `due` it was waited for; the
        next text makes it a newer version. No effect when the lease has gone to somebody else."""
        ...

    async def adopt_tickets(self, untouched_since: datetime, now: datetime) -> int:
        """Starts a turn, due now, on tickets that wait for the AI, have none, and were last changed before
        `untouched_since`; how many. Only tickets of a version without turns need it."""
        ...

    async def finish_turn(self, turn: AiTurn) -> None:
        """Ends a claimed turn that owes nothing any more; no effect once it has another version."""
        ...

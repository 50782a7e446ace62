"""What forgetting customers of whom there is nothing but themselves needs of the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.forgetting import DecideForgetting

# Where somebody stands among those who are unchanged for longest: by when they were changed, and by their id.
Position = tuple[datetime, str]


class IdleCustomerStore(Protocol):
    """Finds and forgets customers who are idle: for their workspace's retention time nobody has changed them or written
    a note on them, no list has had them, and no ticket and no text of theirs holds anything. Who is blocked or wants no
    texts is not."""

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: Position | None, limit: int
    ) -> tuple[Sequence[str], Position | None]:
        """The ids of those who may be idle, among the next `limit` behind `after` whom nobody has changed since
        `before` and who are not forgotten: notes and texts without a ticket are not looked at. And where to go on, None
        when there is nobody else."""
        ...

    async def forget_idle(self, customer_id: str, now: datetime, decide: DecideForgetting) -> None:
        """Decides as ErasureStore.forget, if the customer is idle in that transaction, by the retention time that their
        workspace has then, and not forgotten."""
        ...

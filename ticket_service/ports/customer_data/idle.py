"""What forgetting customers of whom there is nothing but themselves needs of the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.forgetting import DecideForgetting


class IdleCustomerStore(Protocol):
    """Finds and forgets customers who are idle: for their workspace's retention time nobody has changed them or written
    a note on them, no list has had them, and no ticket and no text of theirs holds anything. Who is blocked or wants no
    texts is not."""

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: str, limit: int
    ) -> tuple[Sequence[str], str]:
        """The ids of those who may be idle, as nobody has changed them since `before`, among the next `limit` behind
        the one with the id `after`: notes and texts without a ticket are not looked at. And where to go on, empty when
        nobody else came before that time."""
        ...

    async def forget_idle(self, customer_id: str, now: datetime, decide: DecideForgetting) -> None:
        """Decides as ErasureStore.forget, if the customer is idle in that transaction, by the retention time that their
        workspace has then, and not forgotten."""
        ...

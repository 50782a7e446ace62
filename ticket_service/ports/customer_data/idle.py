"""What forgetting customers of whom there is nothing but themselves needs of the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.forgetting import DecideForgetting


class IdleCustomerStore(Protocol):
    """Finds and forgets customers who are idle: since `before` nobody has changed them or written a note on them, and
    no ticket and no text of theirs holds anything."""

    async def idle_customers(
        self, workspace_id: str, before: datetime, after: str, limit: int
    ) -> tuple[Sequence[str], str]:
        """The ids of those who may be idle among the next `limit` customers behind the one with the id `after`: notes
        and texts without a ticket are not looked at. And where to go on, empty when nobody else came before that
        time."""
        ...

    async def forget_idle(self, customer_id: str, before: datetime, decide: DecideForgetting) -> None:
        """Decides as ErasureStore.forget, if the customer is idle still in that transaction, and not forgotten."""
        ...

"""What is asked of texts that are on no ticket."""

from datetime import datetime
from typing import Protocol

from ticket_service.domain.message import Message


class TextsWithoutTicketStore(Protocol):
    """Reads what customers texted that made and joined no ticket."""

    async def texts_without_ticket(
        self, workspace_id: str, customer_id: str, before: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """The customer's, without those that are erased, in the opposite order of (message_time, message_id): from
        behind `before` in that order, if it is given."""
        ...

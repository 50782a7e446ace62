"""What is asked of tickets that are put aside."""

from datetime import datetime
from typing import Protocol

from ticket_service.domain.work.snooze import DueSnooze


class SnoozeStore(Protocol):
    """Tickets that are put aside. TicketStore changes them."""

    async def list_due(self, now: datetime, limit: int) -> list[DueSnooze]:
        """Those of all workspaces whose time to wake has come, the longest overdue first."""
        ...

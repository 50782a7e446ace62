"""Replies and first texts that wait for their time."""

from datetime import datetime
from typing import Protocol

from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.due_messages import DueMessages


class ScheduledMessageStore(Protocol):
    """A SCHEDULED message stands here from the transaction that stores it to the one that lets it leave, cancels it or
    says that it cannot be sent."""

    async def list_scheduled(self, workspace_id: str, after: tuple[datetime, str] | None, limit: int) -> list[Message]:
        """Those of a workspace in the order of (send_time, message_id), from behind `after`."""
        ...

    async def claim_due(self, now: datetime, lease_until: datetime, limit: int) -> DueMessages:
        """Claims those that are due, at most `limit`, the one that has been due for longest first: nobody else gets
        them until `lease_until`."""
        ...

    async def postpone(self, message_id: str, due: datetime) -> None:
        """Gives back what was claimed: it is due again at that time. Of one that waits no more this changes nothing."""
        ...

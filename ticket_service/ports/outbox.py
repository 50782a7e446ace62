"""The outbox: replies that wait for sending."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.message import ClaimedReplies, Wait


class OutboxStore(Protocol):
    """A QUEUED reply is in the outbox from the transaction that stores it to the one that records what came of it."""

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> ClaimedReplies:
        """Looks at replies that are due, at most `limit`, oldest first, and claims them: nobody else gets them until
        `lease_until`.

        A reply that is behind an earlier one of its ticket, which waits or is somebody else's, is not claimed. It is
        due again as soon as that one is not QUEUED any more, and until then it is not looked at again, but for one look
        a minute.
        """
        ...

    async def postpone(self, waits: Sequence[Wait], now: datetime) -> None:
        """Claimed replies wait. No effect on those that are not QUEUED any more."""
        ...

    async def watch(self, changed: Callable[[], None]) -> None:
        """Calls `changed` when another replica has stored a reply or given one back, or one is due because the one
        before it left; and once at the beginning. Goes on until it is cancelled. What happens while the database cannot
        be reached may be missed; raises then."""
        ...

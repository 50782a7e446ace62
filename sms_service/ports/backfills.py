"""Where it is kept how far each number has been compared."""

from datetime import datetime
from typing import Protocol

from sms_service.domain.backfill_number import Lease


class BackfillStore(Protocol):
    """How far each subscribed number has been compared with the provider's log."""

    async def claim(self, key: str, now: datetime, compared_before: datetime, lease_until: datetime) -> Lease | None:
        """The number, if nobody else has it and its last comparison ended at or before `compared_before`."""
        ...

    async def advance(self, lease: Lease, watermark: datetime | None, lease_until: datetime) -> bool:
        """Moves the watermark on (never back; None leaves it), and keeps the lease. False: the lease is lost."""
        ...

    async def finish(self, lease: Lease, compared_time: datetime | None) -> None:
        """Ends the lease; the number was compared at `compared_time`, or not to the end. No effect when the lease is
        lost."""
        ...

"""Where it is kept how far each number has been compared, and what was found that cannot be taken in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.backfill_number import Lease, NumberStatus, SubscribedNumber


class BackfillStore(Protocol):
    """How far each subscribed number has been compared with the provider's log."""

    async def now(self) -> datetime:
        """What the store's own clock shows."""
        ...

    async def claim(self, number: SubscribedNumber, compared_before: timedelta, lasts: timedelta) -> Lease | None:
        """The number, if nobody else has it and its last comparison ended so long ago. All times that are not the
        provider's are by the store's own clock."""
        ...

    async def advance(self, lease: Lease, watermark: datetime | None, lasts: timedelta) -> bool:
        """Moves the watermark on (never back; None leaves it), and keeps the lease. False: the lease is lost."""
        ...

    async def begin_at(self, lease: Lease, number: SubscribedNumber, begin: datetime) -> None:
        """Nothing is known to be compared. `begin` stands for the number's `subscribe_time` from now on."""
        ...

    async def finish(
        self, lease: Lease, compared: bool, trouble: str | None = None, clock_ahead: timedelta | None = None
    ) -> None:
        """Ends the lease; the number was compared by now, or not to the end. `trouble` says why not, and is empty when
        nothing was wrong; None leaves what is known of that and of `clock_ahead`. No effect when the lease is lost."""
        ...

    async def note_refused(self, lease: Lease, message_sid: str, audit_record_id: str, now: datetime) -> str:
        """Remembers a text that cannot be taken in, and counts it once. Returns the id under which it is to be
        recorded: that of the first call."""
        ...

    async def refused_is_recorded(self, lease: Lease, message_sid: str) -> None:
        """It is in the audit trail: leases that are claimed from now on know it."""
        ...

    async def list_statuses(self, organization_id: str, after: str, limit: int) -> list[NumberStatus]:
        """How the organization's numbers stand, removed ones too, in the order of their keys; `after` is the last key
        of the page before."""
        ...

    async def statuses(self, keys: Sequence[str]) -> dict[str, NumberStatus]:
        """How the numbers with these keys stand, by key; those that were never claimed are missing."""
        ...

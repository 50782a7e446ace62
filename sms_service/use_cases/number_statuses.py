"""Use case: how numbers stand with Twilio's log, so that somebody notices when missed texts are not recovered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from servicekit import paging
from servicekit.paging import Page, Position, id_at
from sms_service.domain.backfill_number import NumberStatus, SubscribedNumber
from sms_service.ports.backfills import BackfillStore

# In one command.
_KEYS_AT_ONCE = 1000


class NumberStatuses:
    """Numbers of all organizations. `patience`: how long a number may be without a comparison, by the store's clock:
    that of a replica says nothing of what another one did."""

    def __init__(self, store: BackfillStore, patience: timedelta) -> None:
        self._store = store
        self.patience = patience

    async def now(self) -> datetime:
        """By which numbers are behind, or not."""
        return await self._store.now()

    async def list_statuses(self, organization_id: str, asked: Page) -> tuple[list[NumberStatus], str]:
        """A page of the organization's numbers that were ever compared, removed ones too, and the next page's token."""

        async def read(position: Position, limit: int) -> list[NumberStatus]:
            return await self._store.list_statuses(organization_id, id_at(position), limit)

        return await paging.page(asked, [organization_id], read, lambda status: [status.key])

    def is_behind(self, status: NumberStatus, now: datetime) -> bool:
        """Whether somebody should look at it."""
        return status.is_behind(now, self.patience)

    async def count_behind(self, numbers: Sequence[SubscribedNumber]) -> int:
        """How many of the numbers were not compared for too long. Raises what the store raises."""
        behind = 0
        for start in range(0, len(numbers), _KEYS_AT_ONCE):
            part = numbers[start : start + _KEYS_AT_ONCE]
            known, now = await self._store.statuses([number.key for number in part]), await self.now()
            behind += sum(self.is_behind(_status(number, known.get(number.key)), now) for number in part)
        return behind


def _status(number: SubscribedNumber, known: NumberStatus | None) -> NumberStatus:
    """As it counts. Of a subscription that no replica has met there is only the time that it was given."""
    if known is not None and known.since == number.subscribe_time:
        return known
    named = (number.organization_id, number.account_sid, number.phone_number)
    return NumberStatus(*named, number.subscribe_time, known_time=number.subscribe_time)

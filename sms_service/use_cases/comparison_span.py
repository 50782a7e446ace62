"""Use case: which part of the provider's log a number is compared with, by the provider's clock alone. With ours, if it
is ahead, texts that the provider has yet to receive would count as compared, for all replicas."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from servicekit.clock import Clock
from servicekit.masking import mask
from sms_service.domain.backfill_number import Lease, SubscribedNumber
from sms_service.ports.backfills import BackfillStore
from sms_service.ports.provider import Provider
from sms_service.use_cases.credentials_cache import CredentialsCache

# How far clocks may be apart without anybody's notice.
_APART = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Span:
    """From `begin` to `now` of the provider's clock. Of `number` and `lease` no time is still to come. `clock_ahead`:
    how far our clock is ahead, negative: behind; zero while that is nothing worth knowing."""

    number: SubscribedNumber
    lease: Lease
    begin: datetime
    now: datetime
    clock_ahead: timedelta


class ComparisonSpans:
    """`overlap`: how far behind the end of the last comparison the next one begins."""

    def __init__(
        self, provider: Provider, credentials: CredentialsCache, store: BackfillStore, clock: Clock, overlap: timedelta
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._store = store
        self._clock = clock
        self._overlap = overlap

    async def find(self, number: SubscribedNumber, lease: Lease) -> Span:
        """What is to be compared of a number now. Raises KevaError and ProviderError."""
        credential = await self._credentials.require(number.organization_id, number.account_sid)
        shown = await self._provider.current_time(credential)
        if shown is not None and _is_to_come(number, lease, shown):
            # Before anything is compared again, which may take hours.
            shown = await self._provider.current_time(credential, afresh=True)
        ours = self._clock()
        now = ours if shown is None else shown
        number, lease = await self._without_times_to_come(number, lease, now)
        begin = number.subscribe_time
        if lease.watermark is not None:
            begin = max(begin, lease.watermark - self._overlap)
        ahead = ours - now
        return Span(number, lease, begin, now, ahead if abs(ahead) >= _APART else timedelta(0))

    async def _without_times_to_come(
        self, number: SubscribedNumber, lease: Lease, now: datetime
    ) -> tuple[SubscribedNumber, Lease]:
        """A watermark that is still to come says nothing of what was compared: all since the number was subscribed is
        compared again. If that is still to come, it was just now."""
        begin = lease.begin or number.subscribe_time
        if _is_to_come(number, lease, now):
            ahead = max(begin, lease.watermark or begin) - now
            begin = now - _APART if begin > now + _APART else begin
            _log.error(
                "a time of a number's comparison is still to come; it is compared again",
                number=mask(number.phone_number),
                ahead_seconds=round(ahead.total_seconds()),
                begin_time=begin.isoformat(),
            )
            await self._store.begin_at(lease, number, begin)
            lease = replace(lease, watermark=None)
        return replace(number, subscribe_time=begin), lease


def _is_to_come(number: SubscribedNumber, lease: Lease, now: datetime) -> bool:
    begin = lease.begin or number.subscribe_time
    return max(begin, lease.watermark or begin) > now + _APART

"""Use case: recover texts that never reached us. One of our numbers is compared with Twilio's own log, and what is
missing comes in through the same door as a webhook's text. A number is one replica's at a time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from servicekit.clock import Clock
from servicekit.limits import COMPARED_PER_CALL
from servicekit.masking import mask
from sms_service import errors, metrics
from sms_service.domain.backfill_number import Comparison, Lease, MissingText, SubscribedNumber, missing_texts
from sms_service.domain.credential import Credential
from sms_service.domain.provider_errors import ProviderError
from sms_service.ports.backfills import BackfillStore
from sms_service.ports.provider import Provider
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.provider_failures import as_keva_error

# Renewed with every step. Two replicas that compare one number do no harm; a dead one's number must not wait long.
_LEASE = timedelta(seconds=30)
_ONE_CALL_SECONDS = 15.0
# One request to Twilio covers this much, and more where the log turns out to be sparse.
_SHORTEST_SPAN, _LONGEST_SPAN = timedelta(minutes=15), timedelta(days=1)
_FEW = 100
_INGESTED_AT_ONCE = 50
Item = TypeVar("Item")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ComparisonTiming:
    """`grace`: how young a text may be and still be left to its webhook. `overlap`: how far behind the end of the last
    comparison the next one begins, since Twilio may be slow to list a text."""

    grace: timedelta
    overlap: timedelta


class Backfill:
    """Compares numbers of all organizations."""

    def __init__(
        self,
        provider: Provider,
        credentials: CredentialsCache,
        store: BackfillStore,
        tickets: Tickets,
        media: MediaQueue,
        clock: Clock,
        timing: ComparisonTiming,
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._store = store
        self._tickets = tickets
        self._media = media
        self._clock = clock
        self._timing = timing

    async def compare_due(self, number: SubscribedNumber, compared_before: datetime) -> None:
        """Compares a number to the end of the log, unless another replica does, or it was compared at or after that
        moment. Raises KevaError and ProviderError."""
        now = self._clock()
        lease = await self._store.claim(number.key, now, compared_before, now + _LEASE)
        if lease is None:
            return
        compared = False
        try:
            await self._compare(number, lease, self._begin(number, lease), now - self._timing.grace, None)
            compared = True
        finally:
            await self._store.finish(lease, self._clock() if compared else None)

    def _begin(self, number: SubscribedNumber, lease: Lease) -> datetime:
        if lease.watermark is None:
            return number.subscribe_time
        return max(number.subscribe_time, lease.watermark - self._timing.overlap)

    async def compare_number(self, number: SubscribedNumber, since: datetime | None) -> Comparison:
        """Compares one number now, for about 15 s: what it came to, and where to go on. sms_service.proto,
        BackfillMessages, names what is raised."""
        now = self._clock()
        lease = await self._store.claim(number.key, now, now, now + _LEASE)
        if lease is None:
            raise errors.backfill_in_progress()
        try:
            begin = since or self._begin(number, lease)
            return await self._compare(number, lease, begin, now, time.monotonic() + _ONE_CALL_SECONDS)
        except ProviderError as error:
            raise as_keva_error(error) from None
        finally:
            await self._store.finish(lease, None)

    async def _compare(
        self, number: SubscribedNumber, lease: Lease, begin: datetime, end: datetime, deadline: float | None
    ) -> Comparison:
        """Slice after slice, so that what is done stays done whatever happens."""
        total, span = Comparison(), _SHORTEST_SPAN
        # Else what lies between the last comparison and here would never be looked at.
        moves = begin <= max(number.subscribe_time, lease.watermark or number.subscribe_time)
        while begin < end:
            until = min(begin + span, end)
            found = await self._compare_slice(number, lease, begin, until)
            total = total.plus(found)
            await self._keep(lease, until if moves else None)
            span = min(span * 2, _LONGEST_SPAN) if found.compared < _FEW else _SHORTEST_SPAN
            begin = until
            if deadline is not None and time.monotonic() > deadline and begin < end:
                return replace(total, continue_time=begin)
        return total

    async def _keep(self, lease: Lease, watermark: datetime | None = None) -> None:
        """Renews the lease. Raises BACKFILL_IN_PROGRESS when somebody else has it."""
        if not await self._store.advance(lease, watermark, self._clock() + _LEASE):
            raise errors.backfill_in_progress()

    async def _compare_slice(
        self, number: SubscribedNumber, lease: Lease, begin: datetime, until: datetime
    ) -> Comparison:
        credential = await self._credentials.require(number.organization_id, number.account_sid)
        received = await self._provider.received_messages(credential, number.phone_number, begin, until)
        stored: dict[str, datetime] = {}
        for part in _parts(received, COMPARED_PER_CALL):
            stored |= await self._tickets.stored_times(number, [message.sid for message in part])
        missing = missing_texts(received, stored)
        recovered = 0
        for texts in _parts(missing, _INGESTED_AT_ONCE):
            with_media = [await self._with_media(number, credential, text) for text in texts]
            recovered += await self._tickets.recover(number, with_media)
            await self._keep(lease)
        if missing:
            metrics.MESSAGES_RECOVERED.inc(recovered)
            refused = len(missing) - recovered
            _log.info("texts recovered", number=mask(number.phone_number), recovered=recovered, refused=refused)
        return Comparison(len(received), recovered, len(missing) - recovered)

    async def _with_media(self, number: SubscribedNumber, credential: Credential, text: MissingText) -> MissingText:
        if not text.message.media_count:
            return text
        media = tuple(await self._provider.message_media(credential, text.message.sid))
        await self._media.add(number.organization_id, number.account_sid, text.message.sid, media)
        return replace(text, media=media)

    async def subscribed(self, organization_id: str, account_sid: str, phone_number: str) -> SubscribedNumber:
        """The organization's subscribed number, in E.164. Raises CHANNEL_NOT_FOUND, TICKET_SERVICE_UNAVAILABLE."""
        for number in await self._tickets.subscribed_numbers():
            if (number.organization_id, number.phone_number) == (organization_id, phone_number) and account_sid in (
                "",
                number.account_sid,
            ):
                return number
        raise errors.channel_not_found()


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

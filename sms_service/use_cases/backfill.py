"""Use case: recover texts that never reached us. One of our numbers is compared with Twilio's own log, and what is
missing comes in through the same door as a webhook's text. A number is one replica's at a time.

One text never stops the others: what cannot be taken in is counted, recorded and passed by (refused_texts.py)."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.limits import COMPARED_PER_CALL
from servicekit.masking import mask
from sms_service import errors, metrics
from sms_service.domain.backfill_number import Comparison, Lease, MissingText, SubscribedNumber, missing_texts
from sms_service.domain.credential import Credential
from sms_service.domain.message import RefusedMessage
from sms_service.domain.provider_errors import ProviderError
from sms_service.ports.backfills import BackfillStore
from sms_service.ports.provider import Provider
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.comparison_span import ComparisonSpans, Span
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.missed_media import MissedMedia
from sms_service.use_cases.provider_failures import as_keva_error
from sms_service.use_cases.refused_texts import RefusedTexts

# Renewed with every step. Two replicas that compare one number do no harm; a dead one's number must not wait long.
_LEASE = timedelta(seconds=30)
# How long a number is compared before others have their turn, or before a caller is answered.
_ONE_TURN_SECONDS = 15.0
# One request to Twilio covers this much, and more where the log turns out to be sparse.
_SHORTEST_SPAN, _LONGEST_SPAN = timedelta(minutes=15), timedelta(days=1)
_FEW = 100
_INGESTED_AT_ONCE = 50
# Refused, and nothing is wrong with the text: its number was removed meanwhile. ticket_service has recorded that.
_NOT_OURS = "CHANNEL_NOT_FOUND"
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
        media: MissedMedia,
        refused: RefusedTexts,
        clock: Clock,
        timing: ComparisonTiming,
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._store = store
        self._tickets = tickets
        self._media = media
        self._refused = refused
        self._spans = ComparisonSpans(provider, credentials, store, clock, timing.overlap)
        self._timing = timing

    async def compare_due(self, number: SubscribedNumber, compared_before: timedelta) -> bool:
        """Compares a number to the end of the log, or for some seconds, unless another replica does, or its last
        comparison ended less than `compared_before` ago. Returns whether there is more to compare. Raises KevaError and
        ProviderError."""
        lease = await self._store.claim(number, compared_before, _LEASE)
        if lease is None:
            return False
        compared, trouble, ahead = False, "", None
        try:
            span = await self._spans.find(number, lease)
            ahead = span.clock_ahead
            found = await self._compare(span, span.begin, span.now - self._timing.grace, _deadline())
            compared = found.continue_time is None
            return not compared
        except Exception as error:
            trouble = reason_of(error)
            raise
        finally:
            await self._store.finish(lease, compared, trouble, ahead)

    async def compare_number(self, number: SubscribedNumber, since: datetime | None) -> Comparison:
        """Compares one number now, for about 15 s: what it came to, and where to go on. sms_service.proto,
        BackfillMessages, names what is raised."""
        lease = await self._store.claim(number, timedelta(0), _LEASE)
        if lease is None:
            raise errors.backfill_in_progress()
        try:
            span = await self._spans.find(number, lease)
            return await self._compare(span, since or span.begin, span.now, _deadline())
        except ProviderError as error:
            raise as_keva_error(error) from None
        finally:
            await self._store.finish(lease, compared=False)

    async def _compare(self, compared: Span, begin: datetime, end: datetime, deadline: float) -> Comparison:
        """Slice after slice, so that what is done stays done whatever happens."""
        number, lease = compared.number, compared.lease
        total, span = Comparison(), _SHORTEST_SPAN
        # Else what lies between the last comparison and here would never be looked at.
        moves = begin <= max(number.subscribe_time, lease.watermark or number.subscribe_time)
        while begin < end:
            until = min(begin + span, end)
            found = await self._compare_slice(number, lease, begin, until)
            total = total.plus(found)
            # What is left for later is found again from here.
            moves = moves and not found.waiting
            await self._keep(lease, until if moves else None)
            span = min(span * 2, _LONGEST_SPAN) if found.compared < _FEW else _SHORTEST_SPAN
            begin = until
            if time.monotonic() > deadline and begin < end:
                return replace(total, continue_time=begin)
        return total

    async def _keep(self, lease: Lease, watermark: datetime | None = None) -> None:
        """Renews the lease. Raises BACKFILL_IN_PROGRESS when somebody else has it."""
        if not await self._store.advance(lease, watermark, _LEASE):
            raise errors.backfill_in_progress()

    async def _compare_slice(
        self, number: SubscribedNumber, lease: Lease, begin: datetime, until: datetime
    ) -> Comparison:
        credential = await self._credentials.require(number.organization_id, number.account_sid)
        log = await self._provider.received_messages(credential, number.phone_number, begin, until)
        stored: dict[str, datetime] = {}
        for part in _parts(log.messages, COMPARED_PER_CALL):
            stored |= await self._tickets.stored_times(number, [message.sid for message in part])
        missing = missing_texts(log.messages, stored)
        total = Comparison(compared=len(log.messages) + len(log.refused), refused=len(log.refused))
        refused = list(log.refused)
        for texts in _parts(missing, _INGESTED_AT_ONCE):
            total = total.plus(await self._recover(number, credential, texts, refused))
            await self._keep(lease)
        # When all others are stored: nothing of this may keep them waiting.
        await self._refused.note(number, lease, refused)
        if missing:
            _log.info(
                "texts recovered",
                number=mask(number.phone_number),
                recovered=total.recovered,
                refused=total.refused,
                waiting=total.waiting,
            )
        return total

    async def _recover(
        self,
        number: SubscribedNumber,
        credential: Credential,
        texts: Sequence[MissingText],
        refused: list[RefusedMessage],
    ) -> Comparison:
        """Brings missing texts in, in their order, and adds to `refused` those that cannot be stored."""
        with_media = [await self._media.listed(number, credential, text) for text in texts]
        ready = [text for text in with_media if text is not None]
        reasons = await self._tickets.recover(number, ready) if ready else []
        outcomes = list(zip(ready, reasons, strict=True))
        recovered = sum(not reason for _, reason in outcomes)
        metrics.MESSAGES_RECOVERED.inc(recovered)
        refused += [RefusedMessage(text.message.sid, why) for text, why in outcomes if why not in ("", _NOT_OURS)]
        not_stored = len(ready) - recovered
        return Comparison(recovered=recovered, refused=not_stored, waiting=len(texts) - len(ready))

    async def subscribed(self, organization_id: str, account_sid: str, phone_number: str) -> SubscribedNumber:
        """The organization's subscribed number, in E.164. Raises CHANNEL_NOT_FOUND, TICKET_SERVICE_UNAVAILABLE."""
        for number in await self._tickets.subscribed_numbers():
            if (number.organization_id, number.phone_number) == (organization_id, phone_number) and account_sid in (
                "",
                number.account_sid,
            ):
                return number
        raise errors.channel_not_found()


def reason_of(error: Exception) -> str:
    """A failure's reason, in a word where it has one."""
    if isinstance(error, ProviderError):
        return as_keva_error(error).reason
    return error.reason if isinstance(error, KevaError) else type(error).__name__


def _deadline() -> float:
    return time.monotonic() + _ONE_TURN_SECONDS


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

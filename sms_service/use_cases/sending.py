"""Use case: send a reply, once. What a failure of Twilio's means for a message is decided here and nowhere else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.failures import log_failure
from servicekit.clock import Clock
from servicekit.segments import segment_count
from sms_service import errors, metrics
from sms_service.domain.credential import Credential
from sms_service.domain.delivery import Claim, Delivery, advance, refuse
from sms_service.domain.message import OutgoingMessage, TakenMessage
from sms_service.domain.provider_errors import (
    FailureKind,
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRefused,
)
from sms_service.domain.stopped_sender import StoppedSender
from sms_service.ports.deliveries import DeliveryStore
from sms_service.ports.provider import Provider
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.earlier_attempts import EarlierAttempts
from sms_service.use_cases.provider_failures import as_keva_error
from sms_service.use_cases.sending_line import SendingLine
from sms_service.use_cases.stopped_senders import StoppedSenders

# How long a call waits for the message's place in the line; longer waits are the caller's.
_LONGEST_WAIT_HERE = timedelta(seconds=1)
# How soon a claim that the database did not take back is given back again.
_RELEASE_AGAIN_SECONDS = 1.0
# Faults of the message itself: sending it again gives the same answer.
_PERMANENT = (FailureKind.RECIPIENT, FailureKind.OPTED_OUT, FailureKind.CONTENT)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reply:
    """A reply to send; `message_id` is its idempotency key."""

    organization_id: str
    workspace_id: str
    message_id: str
    account_sid: str
    from_address: str
    to_address: str
    text: str = field(repr=False)
    media_urls: tuple[str, ...] = field(default=(), repr=False)
    segments_per_second: float = 0


@dataclass(frozen=True)
class SendTiming:
    """`lease`: how long a message is one call's to send. `settle`: how long after a lost answer Twilio's log must show
    nothing before the message is sent again."""

    lease: timedelta
    settle: timedelta


class Sending:
    """Sends replies of all accounts."""

    def __init__(
        self,
        provider: Provider,
        credentials: CredentialsCache,
        store: DeliveryStore,
        stopped_senders: StoppedSenders,
        line: SendingLine,
        clock: Clock,
        timing: SendTiming,
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._store = store
        self._stopped_senders = stopped_senders
        self._line = line
        self._clock = clock
        self._timing = timing
        self._earlier = EarlierAttempts(provider, store)
        self._sending: set[asyncio.Task[Delivery]] = set()

    async def send(self, reply: Reply) -> Delivery:
        """How far it got. sms_service.proto, SendMessage, names what is raised.

        A caller that hangs up does not interrupt it: between Twilio's acceptance and our record nothing may stop.
        """
        sending = asyncio.create_task(self._send(reply))
        self._sending.add(sending)
        sending.add_done_callback(self._sent)
        return await asyncio.shield(sending)

    async def finish(self, seconds: float) -> None:
        """Waits for what is on its way to Twilio though nobody waits for it any more."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)

    def _sent(self, sending: "asyncio.Task[Delivery]") -> None:
        self._sending.discard(sending)
        if not sending.cancelled():
            # Nobody may be waiting for it any more.
            sending.exception()

    async def _send(self, reply: Reply) -> Delivery:
        credential = await self._credentials.require(reply.organization_id, reply.account_sid)
        stops = await self._stopped_senders.due_probes(reply.account_sid, reply.from_address)
        now = self._clock()
        record = _record(reply, now, self._provider.earliest_time())
        claim = await self._store.claim(record, now + self._timing.lease, self._timing.lease)
        if claim.delivery.organization_id != reply.organization_id:
            raise errors.message_id_reused()
        if claim.delivery.settled:
            return claim.delivery
        if not claim.mine:
            raise errors.send_in_progress()
        if claim.again:
            # The number may have been in another account then.
            earlier = await self._credentials.require(reply.organization_id, claim.delivery.account_sid)
            found = await self._earlier.find(earlier, _outgoing(reply), claim.delivery)
            if found is not None:
                metrics.MESSAGES_SENT.labels("presumed").inc()
                _log.warning("a reply in doubt is taken for what Twilio's log has", message_id=reply.message_id)
                return await self._store.settle(replace(_taken(claim.delivery, found), presumed=True))
            await self._require_certainty(claim)
            # In doubt from now on, until its own answer comes.
            await self._store.attempt(reply.message_id, reply.account_sid)
            claim = replace(claim, delivery=replace(claim.delivery, account_sid=reply.account_sid))
        claim = await self._ready(reply, claim, stops)
        delivery = await self._give_to_twilio(credential, reply, claim)
        if stops and not delivery.refused:
            await self._stopped_senders.accepted(reply.account_sid, reply.from_address)
        return delivery

    async def _ready(self, reply: Reply, claim: Claim, stops: Sequence[StoppedSender]) -> Claim:
        """The claim, once nothing is in the way of sending any more. What is raised leaves no doubt behind: Twilio has
        got nothing."""
        try:
            claim, wait = await self._with_place(reply, claim)
            if wait > _LONGEST_WAIT_HERE:
                raise errors.sending_rate_exceeded(wait)
            await asyncio.sleep(max(wait.total_seconds(), 0))
            self._require_lease(claim)
            await self._stopped_senders.take_probes(stops)
        except Exception:
            await self._release(claim)
            raise
        return claim

    def _require_lease(self, claim: Claim) -> None:
        """After a pause (a frozen machine) somebody else may be sending it. Raises SEND_IN_PROGRESS."""
        if claim.lease_until - self._clock() <= self._timing.lease / 2:
            raise errors.send_in_progress()

    async def _require_certainty(self, claim: Claim) -> None:
        """Twilio's log has nothing of an attempt whose answer was lost. It may only be slow to list it."""
        wait = self._timing.settle - claim.since(claim.delivery.attempt_time)
        if wait > timedelta(0):
            await self._release(claim)
            raise errors.send_outcome_unknown(wait)

    async def _with_place(self, reply: Reply, claim: Claim) -> tuple[Claim, timedelta]:
        """With the message's place in its number's line, which it keeps, and how long it is until then."""
        sender, kept = (reply.account_sid, reply.from_address), claim.delivery.place_time
        if kept is not None:
            wait = -claim.since(kept)
            # One that is past the line's end was booked by a clock that was ahead.
            if wait <= _LONGEST_WAIT_HERE or await self._line.reaches(*sender, kept):
                return claim, wait
        # A picture alone takes a place, too.
        segments = max(segment_count(reply.text), 1)
        place = await self._line.book(*sender, segments, reply.segments_per_second)
        return replace(claim, delivery=replace(claim.delivery, place_time=place.time)), place.wait

    async def _give_to_twilio(self, credential: Credential, reply: Reply, claim: Claim) -> Delivery:
        try:
            taken = await self._give(credential, _outgoing(reply))
        except ProviderOutcomeUnknown as error:
            # The lease stays: until it runs out nobody sends, and then Twilio's log is asked first.
            metrics.MESSAGES_SENT.labels("unknown").inc()
            raise as_keva_error(error) from None
        except ProviderRefused as error:
            return await self._refused(claim, error)
        except ProviderError as error:
            metrics.MESSAGES_SENT.labels("not_taken").inc()
            await self._release(claim)
            if isinstance(error, ProviderCredentialsRefused):
                await self._stopped_senders.refused(reply.account_sid, reply.from_address, error.failure)
            raise as_keva_error(error) from None
        metrics.MESSAGES_SENT.labels("taken").inc()
        return await self._store.settle(_taken(claim.delivery, taken))

    async def _give(self, credential: Credential, message: OutgoingMessage) -> TakenMessage:
        """Sends; with the newest Auth Token if Twilio refuses those that were at hand."""
        try:
            return await self._provider.send(credential, message)
        except ProviderCredentialsRefused:
            newer = await self._credentials.find_newer(credential.account_sid, credential)
            if newer is None or newer.organization_id != credential.organization_id:
                raise
            return await self._provider.send(newer, message)

    async def _refused(self, claim: Claim, error: ProviderRefused) -> Delivery:
        """A fault of the message's ends it. Any other is fixed one day, and the message waits for that."""
        metrics.MESSAGES_SENT.labels("refused").inc()
        delivery = claim.delivery
        if error.failure.kind not in _PERMANENT:
            await self._release(claim)
            await self._stopped_senders.refused(delivery.account_sid, delivery.from_address, error.failure)
            raise as_keva_error(error) from None
        return await self._store.settle(refuse(delivery, error.failure))

    async def _release(self, claim: Claim) -> None:
        """Gives the claim back, as long as there is one: with its lease, a reply that was not sent would be in doubt.
        What the database does not take now, such as in a failover, it takes soon."""
        while self._clock() < claim.lease_until:
            try:
                await self._store.release(claim)
            except Exception as error:
                log_failure(_log, "a reply is not given back yet", error, message_id=claim.delivery.message_id)
                await asyncio.sleep(_RELEASE_AGAIN_SECONDS)
            else:
                return


def _outgoing(reply: Reply) -> OutgoingMessage:
    return OutgoingMessage(reply.message_id, reply.from_address, reply.to_address, reply.text, reply.media_urls)


def _record(reply: Reply, now: datetime, provider_time: datetime | None) -> Delivery:
    return Delivery(
        message_id=reply.message_id,
        organization_id=reply.organization_id,
        workspace_id=reply.workspace_id,
        account_sid=reply.account_sid,
        from_address=reply.from_address,
        to_address=reply.to_address,
        create_time=now,
        attempt_time=now,
        taken_after=provider_time,
    )


def _taken(delivery: Delivery, message: TakenMessage) -> Delivery:
    return replace(advance(delivery, message.news), segments=message.segments)

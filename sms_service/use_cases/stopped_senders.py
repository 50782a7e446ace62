"""Which numbers may send now: those that Twilio refuses are stopped until somebody fixes it. Shared by all replicas."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from servicekit.clock import Clock
from servicekit.masking import mask
from sms_service import errors
from sms_service.domain.delivery import ARRIVED_STATUSES, Delivery
from sms_service.domain.provider_errors import Failure, FailureKind
from sms_service.domain.stopped_sender import FIRST_PROBE, SenderKey, StoppedSender
from sms_service.ports.stopped_senders import StoppedSenderStore

_LONGEST_PROBE_WAIT = timedelta(minutes=5)
_STOPPING = (FailureKind.SENDER, FailureKind.ACCOUNT)
_log = structlog.get_logger(__name__)


class StoppedSenders:
    """The stopped senders of all accounts."""

    def __init__(self, store: StoppedSenderStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def count(self) -> int:
        """How many are stopped now."""
        return await self._store.count_stopped(self._clock())

    async def due_probes(self, account_sid: str, phone_number: str) -> list[StoppedSender]:
        """What has stopped the number or its account, when one message may be tried now; empty: nothing has. Raises
        SENDER_STOPPED while no message may be tried."""
        now = self._clock()
        stops = await self._stops(account_sid, phone_number)
        for stopped in stops:
            # Longer than any wait: of a clock that was ahead.
            if now < stopped.probe_due <= now + 2 * _LONGEST_PROBE_WAIT:
                raise errors.sender_stopped(stopped.error_code, stopped.error_text, stopped.probe_due - now)
        return stops

    async def take_probes(self, stops: Sequence[StoppedSender]) -> None:
        """For whoever sends next: takes the probes, so that nobody else does. Raises SENDER_STOPPED when somebody else
        was first."""
        now = self._clock()
        for stopped in stops:
            wait = min(stopped.probe_wait * 2, _LONGEST_PROBE_WAIT)
            if not await self._store.take_probe(stopped, now + stopped.probe_wait, wait):
                raise errors.sender_stopped(stopped.error_code, stopped.error_text, stopped.probe_wait)

    async def refused(self, account_sid: str, phone_number: str, failure: Failure, *, reported: bool = False) -> None:
        """Twilio refused a message: stops its number or its account, if that is what the failure is about."""
        if failure.kind not in _STOPPING:
            return
        key = SenderKey(account_sid, phone_number if failure.kind is FailureKind.SENDER else "")
        now = self._clock()
        stopped = StoppedSender(key, failure.code, failure.sentence, now, now + FIRST_PROBE, reported=reported)
        if await self._store.stop(stopped):
            _log.error(
                "sending stopped",
                account_sid=account_sid,
                number=mask(key.phone_number),
                twilio_code=failure.code,
                advice=failure.sentence,
            )

    async def accepted(self, account_sid: str, phone_number: str) -> None:
        """Twilio took a message: whatever was refused before is fixed."""
        await self._resume(account_sid, phone_number, reported=False)

    async def reported(self, delivery: Delivery, failure: Failure | None) -> None:
        """News of a message that Twilio took: a failure may be its sender's, and an arrival says that all is well."""
        if failure is not None and failure.code == delivery.error_code != 0:
            await self.refused(delivery.account_sid, delivery.from_address, failure, reported=True)
        elif delivery.status in ARRIVED_STATUSES:
            await self._resume(delivery.account_sid, delivery.from_address, reported=True)

    async def connected(self, account_sid: str) -> None:
        """Somebody connected the account again: all of it is tried at once."""
        if await self._store.resume_account(account_sid):
            _log.info("sending resumed", account_sid=account_sid)

    async def list_stopped(self, account_sid: str) -> list[StoppedSender]:
        """What of the account is stopped, at most 100."""
        now = self._clock()
        return [stopped for stopped in await self._store.stopped_of_account(account_sid) if stopped.holds(now)]

    async def _resume(self, account_sid: str, phone_number: str, reported: bool) -> None:
        for stopped in await self._stops(account_sid, phone_number):
            if stopped.reported == reported and await self._store.resume(stopped.key):
                _log.info("sending resumed", account_sid=account_sid, number=mask(stopped.key.phone_number))

    async def _stops(self, account_sid: str, phone_number: str) -> list[StoppedSender]:
        now = self._clock()
        found = await self._store.stopped([SenderKey(account_sid), SenderKey(account_sid, phone_number)])
        return [stopped for stopped in found if stopped.holds(now)]

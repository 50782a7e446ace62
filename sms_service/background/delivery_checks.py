"""Background work: asks Twilio for deliveries that have had no final news for a while, and hands on what is known of a
delivery until ticket_service has it. Callbacks may be lost on their way to Keva, and within it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.backoff import half_of_age
from servicekit.background_work.claim_loop import Claimed, ClaimLoop
from servicekit.clock import Clock
from servicekit.errors import KevaError, NotFound
from sms_service import metrics
from sms_service.domain.delivery import Delivery
from sms_service.domain.provider_errors import ProviderError
from sms_service.ports.deliveries import DeliveryStore
from sms_service.ports.provider import Provider
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.stopped_senders import StoppedSenders

_LEASE = timedelta(minutes=1)
_POLL_SECONDS = 5.0
_AT_ONCE = 10
# Twilio advises to ask when nothing has come for 12 hours, and then daily.
_LONGEST_WAIT = timedelta(hours=12)
# Where carriers send no receipts, `sent` is all that ever comes.
_GIVEN_UP_AFTER = timedelta(days=3)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Check:
    """A delivery to check, this replica's alone until `lease_until`."""

    delivery: Delivery
    lease_until: datetime


class DeliveryChecks:
    """Checks deliveries until cancelled."""

    def __init__(
        self,
        store: DeliveryStore,
        provider: Provider,
        credentials: CredentialsCache,
        stopped_senders: StoppedSenders,
        tickets: Tickets,
        clock: Clock,
        check_after: timedelta,
    ) -> None:
        self._store = store
        self._provider = provider
        self._credentials = credentials
        self._stopped_senders = stopped_senders
        self._tickets = tickets
        self._clock = clock
        self._check_after = check_after
        self._due = ClaimLoop(
            self._claim,
            self._check,
            self._give_back,
            what="deliveries to check",
            at_once=_AT_ONCE,
            poll_seconds=min(_POLL_SECONDS, check_after.total_seconds()),
            names=lambda check: {"message_id": check.delivery.message_id},
        )

    async def run(self) -> None:
        """Checks what is due, and waits for more."""
        await self._due.run()

    async def _claim(self) -> Claimed[_Check]:
        now = self._clock()
        delivery = await self._store.claim_check(now, now + _LEASE)
        return Claimed([_Check(delivery, now + _LEASE)], more=True) if delivery is not None else Claimed()

    async def _give_back(self, check: _Check) -> None:
        await self._store.release_check(check.delivery.message_id, check.lease_until)

    async def _finish(self, check: _Check, next_due: datetime | None) -> None:
        await self._store.finish_check(check.delivery.message_id, check.lease_until, next_due)

    async def _check(self, check: _Check) -> None:
        delivery = check.delivery
        try:
            if not delivery.final or delivery.unexplained:
                delivery = await self._ask(delivery)
        except (ProviderError, KevaError) as error:
            _log_failure(delivery, error)
            if not delivery.final:
                await self._finish(check, self._next(delivery))
                return
        await self._hand_on(check, delivery)

    async def _hand_on(self, check: _Check, delivery: Delivery) -> None:
        """However long it takes: what ticket_service does not have, nobody sees."""
        try:
            await self._tickets.record_delivery(delivery)
        except NotFound as error:
            _log_failure(delivery, error)
            # No such reply: nobody waits for news.
            gone = error.reason == "MESSAGE_NOT_FOUND"
            await self._finish(check, None if gone else self._next(delivery))
        except KevaError as error:
            _log_failure(delivery, error)
            await self._finish(check, self._later(delivery))
        else:
            await self._finish(check, self._next(delivery))

    async def _ask(self, delivery: Delivery) -> Delivery:
        """The delivery as Twilio has it now."""
        credential = await self._credentials.require(delivery.organization_id, delivery.account_sid)
        found = await self._provider.fetch_message(credential, delivery.message_sid)
        metrics.DELIVERIES_LOOKED_UP.inc()
        if found is None:
            return delivery
        known = await self._store.record_news(delivery.message_id, found.news)
        if known is None or (known.status, known.error_code) == (delivery.status, delivery.error_code):
            return delivery
        await self._stopped_senders.reported(known, found.news.failure)
        return known

    def _next(self, delivery: Delivery) -> datetime | None:
        """When to look again, as long as something may still come; an account may be connected again, too."""
        done = delivery.final and not delivery.unexplained
        if done or self._clock() - delivery.create_time > _GIVEN_UP_AFTER:
            return None
        return self._later(delivery)

    def _later(self, delivery: Delivery) -> datetime:
        """Half of its age from now."""
        now = self._clock()
        return now + half_of_age(delivery.create_time, now, self._check_after, _LONGEST_WAIT)


def _log_failure(delivery: Delivery, error: ProviderError | KevaError) -> None:
    reason = error.reason if isinstance(error, KevaError) else str(error)
    log = _log.info if isinstance(error, NotFound) else _log.warning
    log("delivery not checked", message_id=delivery.message_id, reason=reason)

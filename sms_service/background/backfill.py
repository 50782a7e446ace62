"""Background work: all subscribed numbers are compared with Twilio's log again and again, on every replica."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.masking import mask
from sms_service.domain.backfill_number import SubscribedNumber
from sms_service.domain.provider_errors import ProviderError
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.backfill import Backfill

_ACCOUNTS_AT_ONCE = 4
_AFTER_FAILURE = timedelta(seconds=5)
_log = structlog.get_logger(__name__)


class BackfillLoop:
    """Compares the numbers of all organizations."""

    def __init__(self, backfill: Backfill, tickets: Tickets, clock: Clock, interval: timedelta) -> None:
        self._backfill = backfill
        self._tickets = tickets
        self._clock = clock
        self._interval = interval
        self._failing: dict[str, str] = {}
        self._first = True

    async def run(self) -> None:
        """Compares all numbers at once, and then every `interval`, until cancelled."""
        self._first = True
        await repeat(self._compare_all, self._interval.total_seconds(), "recovering texts")

    async def _compare_all(self) -> bool:
        """One round; whether to begin again at once, since ticket_service did not say which numbers there are."""
        now = self._clock()
        # What another replica has compared in this round is left alone; a process that starts compares everything.
        compared_before = now if self._first else now - self._interval / 2
        self._first = False
        try:
            await self.compare_all(compared_before)
        except KevaError as error:
            _log.warning("texts cannot be recovered now; trying again", reason=error.reason)
            await asyncio.sleep(min(self._interval, _AFTER_FAILURE).total_seconds())
            return True
        return False

    async def compare_all(self, compared_before: datetime) -> None:
        """Compares each number that was last compared before that moment. Raises KevaError when ticket_service does not
        say which numbers there are; what goes wrong with one number keeps no other one waiting."""
        by_account: dict[str, list[SubscribedNumber]] = {}
        for number in await self._tickets.subscribed_numbers():
            by_account.setdefault(number.account_sid, []).append(number)
        at_once = asyncio.Semaphore(_ACCOUNTS_AT_ONCE)
        await asyncio.gather(*(self._compare_account(at_once, n, compared_before) for n in by_account.values()))

    async def _compare_account(
        self, at_once: asyncio.Semaphore, numbers: Sequence[SubscribedNumber], compared_before: datetime
    ) -> None:
        async with at_once:
            # Not always the same first: what goes wrong with one number must not keep Keva from those behind it.
            for number in random.sample(numbers, len(numbers)):
                try:
                    await self._backfill.compare_due(number, compared_before)
                except (KevaError, ProviderError) as error:
                    self._note_failure(number, error)
                    if isinstance(error, ProviderError):
                        # Twilio's trouble with an account is that with all its numbers; rate limits above all.
                        return
                except Exception as error:
                    _log.error("number not compared", number=mask(number.phone_number), exc_info=error)
                else:
                    self._failing.pop(number.key, None)

    def _note_failure(self, number: SubscribedNumber, error: Exception) -> None:
        reason = error.reason if isinstance(error, KevaError) else str(error)
        if self._failing.get(number.key) != reason:
            _log.warning("number not compared with Twilio's log", number=mask(number.phone_number), reason=reason)
        self._failing[number.key] = reason

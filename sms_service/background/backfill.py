"""Background work: all subscribed numbers are compared with Twilio's log again and again, on every replica."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.failures import expected
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.masking import mask
from sms_service import metrics
from sms_service.domain.backfill_number import SubscribedNumber
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderRateLimited,
)
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.backfill import Backfill, reason_of
from sms_service.use_cases.number_statuses import NumberStatuses

_ACCOUNTS_AT_ONCE = 4
_AFTER_FAILURE = timedelta(seconds=5)
# Of one account in a round: after that it is Twilio's trouble with the account, and other accounts have their turn.
_MOST_FAILURES = 3
_OF_THE_ACCOUNT = (ProviderCredentialsRefused, ProviderRateLimited)
_log = structlog.get_logger(__name__)


class BackfillLoop:
    """Compares the numbers of all organizations."""

    def __init__(
        self, backfill: Backfill, statuses: NumberStatuses, tickets: Tickets, clock: Clock, interval: timedelta
    ) -> None:
        self._backfill = backfill
        self._statuses = statuses
        self._tickets = tickets
        self._clock = clock
        self._interval = interval
        self._numbers: Sequence[SubscribedNumber] = ()
        self._failing: dict[str, str] = {}
        # Accounts that are rate limited, and until when this process asks for no log of theirs: for an `interval`, also
        # when others have more to compare, for which the next round begins at once.
        self._resting: dict[str, datetime] = {}
        self._first = True

    async def run(self) -> None:
        """Compares all numbers at once, and then every `interval`, until cancelled."""
        self._first = True
        await repeat(self._compare_all, self._interval.total_seconds(), "recovering texts")

    async def _compare_all(self) -> bool:
        """One round; whether to begin again at once: there is more, or ticket_service did not say which numbers there
        are."""
        # What another replica has compared in this round is left alone; a process that starts compares everything.
        compared_before = timedelta(0) if self._first else self._interval / 2
        self._first = False
        try:
            more = await self.compare_all(compared_before)
        except KevaError as error:
            _log.warning("texts cannot be recovered now; trying again", reason=error.reason)
            await asyncio.sleep(min(self._interval, _AFTER_FAILURE).total_seconds())
            more = True
        metrics.NUMBERS_BEHIND.set(await self._statuses.count_behind(self._numbers))
        return more

    async def compare_all(self, compared_before: timedelta) -> bool:
        """Compares each number that was last compared so long ago or longer, for some seconds at most; whether there is
        more to compare. Raises KevaError when ticket_service does not say which numbers there are; what goes wrong with
        one number keeps no other one waiting."""
        self._numbers = await self._tickets.subscribed_numbers()
        by_account: dict[str, list[SubscribedNumber]] = {}
        for number in self._numbers:
            by_account.setdefault(number.account_sid, []).append(number)
        now = self._clock()
        self._resting = {account: until for account, until in self._resting.items() if until > now}
        due = [numbers for account, numbers in by_account.items() if account not in self._resting]
        at_once = asyncio.Semaphore(_ACCOUNTS_AT_ONCE)
        more = await asyncio.gather(*(self._compare_account(at_once, n, compared_before) for n in due))
        return any(more)

    async def _compare_account(
        self, at_once: asyncio.Semaphore, numbers: Sequence[SubscribedNumber], compared_before: timedelta
    ) -> bool:
        more, failures = False, 0
        async with at_once:
            # Not always the same first: what goes wrong with one number must not keep Keva from those behind it.
            for number in random.sample(numbers, len(numbers)):
                try:
                    more = await self._backfill.compare_due(number, compared_before) or more
                except Exception as error:
                    self._note_failure(number, error)
                    failures += isinstance(error, ProviderError)
                    if isinstance(error, ProviderRateLimited):
                        self._resting[number.account_sid] = self._clock() + self._interval
                    if isinstance(error, _OF_THE_ACCOUNT) or failures == _MOST_FAILURES:
                        break
                else:
                    self._failing.pop(number.key, None)
        return more

    def _note_failure(self, number: SubscribedNumber, error: Exception) -> None:
        """Once, and again when the reason changes; what nobody expected is logged with its traceback."""
        reason, masked = reason_of(error), mask(number.phone_number)
        if self._failing.get(number.key) != reason:
            bug = None if isinstance(error, ProviderError) or expected(error) else error
            _log.warning("number not compared with Twilio's log", number=masked, reason=reason, exc_info=bug)
        self._failing[number.key] = reason

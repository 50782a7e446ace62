"""Where it is kept which senders are stopped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.stopped_sender import SenderKey, StoppedSender


class StoppedSenderStore(Protocol):
    """The stopped senders of all accounts."""

    async def stopped(self, keys: Sequence[SenderKey]) -> list[StoppedSender]:
        """Those of `keys` that are stopped."""
        ...

    async def stopped_of_account(self, account_sid: str) -> list[StoppedSender]:
        """Those of the account, at most 100."""
        ...

    async def count_stopped(self, now: datetime) -> int:
        """How many there are that still count."""
        ...

    async def stop(self, stopped: StoppedSender) -> bool:
        """Stops it. False: it was stopped already, and only the error is noted. An ended stop does not count."""
        ...

    async def take_probe(self, stopped: StoppedSender, next_due: datetime, wait: timedelta) -> bool:
        """Whether the probe is the caller's, nobody having taken it since `stopped` was read; the next one is at
        `next_due`, and `wait` apart from then on."""
        ...

    async def resume(self, key: SenderKey) -> bool:
        """Whether it was stopped; it is not any more."""
        ...

    async def resume_account(self, account_sid: str) -> bool:
        """The same for an account with all its numbers."""
        ...

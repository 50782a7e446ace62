"""Where each number's line of messages that are to leave is kept."""

from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.stopped_sender import SenderKey


class SendingLineStore(Protocol):
    """One line for each number."""

    async def book(self, key: SenderKey, now: datetime, takes: timedelta) -> datetime:
        """The next free place in the number's line, which then is free again after `takes`."""
        ...

"""Where each number's line of messages that are to leave is kept."""

from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.place import Place
from sms_service.domain.stopped_sender import SenderKey


class SendingLineStore(Protocol):
    """One line for each number. All times are by the store's own clock."""

    async def book(self, key: SenderKey, takes: timedelta) -> Place:
        """The next free place in the number's line, which then is free again after `takes`."""
        ...

    async def end(self, key: SenderKey) -> datetime:
        """From when on the number's line is free; long ago if it never was taken."""
        ...

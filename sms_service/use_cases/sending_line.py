"""How fast each number may send: its messages wait in a line that all replicas share."""

from datetime import datetime, timedelta

from sms_service.domain.place import Place
from sms_service.domain.stopped_sender import SenderKey
from sms_service.ports.provider import Provider
from sms_service.ports.sending_line import SendingLineStore


class SendingLine:
    """The lines of all numbers."""

    def __init__(self, store: SendingLineStore, provider: Provider) -> None:
        self._store = store
        self._provider = provider

    async def book(self, account_sid: str, phone_number: str, segments: int, per_second: float) -> Place:
        """Where the number's next message of that many segments may leave; the place is taken with that. `per_second`:
        how many segments the number may send, 0 for what its kind may."""
        rate = per_second if per_second > 0 else self._provider.segments_per_second(phone_number)
        return await self._store.book(SenderKey(account_sid, phone_number), timedelta(seconds=segments / rate))

    async def reaches(self, account_sid: str, phone_number: str, place_time: datetime) -> bool:
        """Whether the number's line is so long that a place in it is at `place_time`."""
        return place_time < await self._store.end(SenderKey(account_sid, phone_number))

"""Use case: erase what is kept of messages besides ids, times and states, so that nothing brings it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from servicekit.clock import Clock
from sms_service.domain.delivery import Delivery
from sms_service.ports.deliveries import DeliveryStore
from sms_service.ports.media import MediaStore

_ENDED = "Given up: the customer's data were erased before it was certain that it was sent."


@dataclass(frozen=True)
class ErasedMessages:
    """Messages of one account: inbound texts by MessageSid, replies by the id that they were sent under."""

    organization_id: str
    workspace_id: str
    account_sid: str
    message_sids: Sequence[str] = ()
    message_ids: Sequence[str] = ()


class Erasure:
    """Erases messages of all accounts, connected or not. `fetch_lease` is how long fetching an attachment may take."""

    def __init__(self, deliveries: DeliveryStore, media: MediaStore, clock: Clock, fetch_lease: timedelta) -> None:
        self._deliveries = deliveries
        self._media = media
        self._clock = clock
        self._fetch_lease = fetch_lease

    async def erase(self, messages: ErasedMessages) -> list[Delivery]:
        """What became of the replies, save those that are being given to Twilio now: they are left alone. Asking again
        is safe. Raises Unavailable STORE_UNAVAILABLE."""
        if messages.message_sids:
            sweep_due = self._clock() + self._fetch_lease
            owner = (messages.organization_id, messages.account_sid)
            await self._media.erase(*owner, messages.message_sids, sweep_due)
        erased = [await self._end(messages, message_id) for message_id in messages.message_ids]
        return [delivery for delivery in erased if delivery is not None]

    async def _end(self, messages: ErasedMessages, message_id: str) -> Delivery | None:
        now = self._clock()
        ended = Delivery(
            message_id=message_id,
            organization_id=messages.organization_id,
            workspace_id=messages.workspace_id,
            account_sid=messages.account_sid,
            from_address="",
            to_address="",
            create_time=now,
            attempt_time=now,
            status="canceled",
            error_text=_ENDED,
            refused=True,
        )
        return await self._deliveries.erase(ended)

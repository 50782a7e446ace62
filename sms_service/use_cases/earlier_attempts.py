"""Use case: whether the provider took an earlier attempt to send a reply, whose answer was lost."""

from datetime import datetime, timedelta

from sms_service.domain.credential import Credential
from sms_service.domain.delivery import Delivery
from sms_service.domain.message import OutgoingMessage, TakenMessage
from sms_service.domain.provider_errors import ProviderError
from sms_service.ports.deliveries import DeliveryStore
from sms_service.ports.provider import Provider
from sms_service.use_cases.provider_failures import as_keva_error

# How far our clock may be ahead of the provider's, where nothing is known of that one.
_CLOCKS_APART = timedelta(minutes=5)
# How far two of the provider's own machines may be apart.
_ITS_CLOCKS_APART = timedelta(seconds=2)


class EarlierAttempts:
    """Earlier attempts, in the provider's log. It knows our texts by nothing but themselves."""

    def __init__(self, provider: Provider, store: DeliveryStore) -> None:
        self._provider = provider
        self._store = store

    async def find(self, credential: Credential, message: OutgoingMessage, delivery: Delivery) -> TakenMessage | None:
        """What the provider made of an earlier attempt: the same text, with as many media, between the same numbers,
        which is not known to be another reply and not older than the first attempt. None: nothing. Raises KevaError."""
        try:
            log = await self._provider.sent_messages(
                credential, message.from_address, message.to_address, _first_taken(delivery)
            )
        except ProviderError as error:
            raise as_keva_error(error) from None
        same = [taken for taken in log if _is_same(taken, message)]
        known = await self._store.known_sids(delivery.account_sid, [taken.news.message_sid for taken in same])
        return next((taken for taken in reversed(same) if taken.news.message_sid not in known), None)


def _first_taken(delivery: Delivery) -> datetime:
    """By the provider's clock, when it can have taken an earlier attempt at the soonest. What it took before that is
    somebody else's, however much it looks like this."""
    if delivery.taken_after is None:
        # Of the two one is by the store's clock: that of whoever made the record may be ahead by any time.
        return min(delivery.create_time, delivery.attempt_time) - _CLOCKS_APART
    return delivery.taken_after - _ITS_CLOCKS_APART


def _is_same(taken: TakenMessage, message: OutgoingMessage) -> bool:
    # In doubt about blanks or media it is the same: a reply is not sent twice.
    if taken.media_count not in (None, len(message.media_urls)):
        return False
    return message.text.split() in (taken.text.split(), taken.unmarked_text.split())

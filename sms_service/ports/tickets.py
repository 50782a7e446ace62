"""What this service asks of ticket_service, and reports to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media


class Tickets(Protocol):
    """ticket_service. Every method raises Unavailable TICKET_SERVICE_UNAVAILABLE when it does not answer; asking again
    is safe."""

    async def subscribed_numbers(self) -> list[SubscribedNumber]:
        """Those of all organizations."""
        ...

    async def stored_times(self, number: SubscribedNumber, message_sids: Sequence[str]) -> dict[str, datetime]:
        """Where those of at most 1,000 inbound texts that are stored stand in their conversations, by MessageSid."""
        ...

    async def recover(self, number: SubscribedNumber, texts: Sequence[MissingText]) -> list[str]:
        """Stores at most 100 texts, in their order. For each of them: empty when it is stored now, or the reason (of
        keva.ticket.v1) why it never will be. One text never fails the others."""
        ...

    async def record_delivery(self, delivery: Delivery) -> None:
        """Hands on what is known of a delivery. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def record_media(self, media: Media) -> None:
        """Says what became of an attachment. Raises NotFound MESSAGE_NOT_FOUND while the text is not stored."""
        ...

"""What is asked of sms_service."""

from collections.abc import Sequence
from typing import Protocol

from ticket_service.domain.channel import OwnedNumber
from ticket_service.domain.message import DeliveryUpdate, Message
from ticket_service.domain.ticket import Ticket


class PhoneNumbers(Protocol):
    """What Twilio says of its accounts."""

    async def connected_accounts(self, organization_id: str) -> list[str]:
        """The Account SIDs that are connected. Raises SMS_SERVICE_UNAVAILABLE."""
        ...

    async def owned_number(self, organization_id: str, account_sid: str, phone_number: str) -> OwnedNumber | None:
        """The account's number, or None. Raises SMS_SERVICE_UNAVAILABLE, TWILIO_ACCOUNT_NOT_FOUND."""
        ...


class Sender(Protocol):
    """Sends replies."""

    async def send(self, message: Message, ticket: Ticket, segments_per_second: float) -> DeliveryUpdate:
        """How far it got. Raises a KevaError when it is not sent, or not known to be: asking again is safe."""
        ...


class SmsRecords(Protocol):
    """What sms_service keeps of messages."""

    async def erase(self, messages: Sequence[Message]) -> list[DeliveryUpdate]:
        """Erases it; what became of the replies among them, save those that are being given to Twilio now. Raises a
        KevaError when that cannot be done now: asking again is safe."""
        ...

"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sms_service.delivery import Delivery


@dataclass(frozen=True)
class Claim:
    """What came of claiming a message: the record, and whether it is the caller's to send (`mine`) after an earlier
    attempt whose outcome is not known (`again`)."""

    delivery: Delivery
    mine: bool
    again: bool


class DeliveryStore(Protocol):
    """Delivery records, one per message_id."""

    async def claim(self, delivery: Delivery, now: datetime, lease_until: datetime) -> Claim:
        """Makes the record unless there is one, and takes its lease unless it is settled or somebody else has it."""
        ...

    async def get(self, message_id: str) -> Delivery | None:
        """The record, if there is one."""
        ...

    async def settle(self, delivery: Delivery) -> Delivery:
        """Writes what Twilio answered to a send, unless a callback knows better already; the record as it then is."""
        ...

    async def release(self, message_id: str) -> None:
        """Certainly not sent: the lease ends, and the next attempt is like the first."""
        ...

    async def record_status(self, message_id: str, message_sid: str, status: str, error_code: int) -> Delivery | None:
        """Moves the record on, as delivery.advance says; None when there is none."""
        ...

    async def known_sids(self, account_sid: str, message_sids: Collection[str]) -> set[str]:
        """Those of `message_sids` that belong to a record."""
        ...

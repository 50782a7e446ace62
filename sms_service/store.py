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
        """Makes the record unless there is one, and takes its lease unless it is settled or somebody else has it. A
        record of another organization or account is never the caller's."""
        ...

    async def get(self, message_id: str) -> Delivery | None:
        """The record, if there is one."""
        ...

    async def settle(self, delivery: Delivery) -> Delivery:
        """Writes what Twilio answered to a send, unless a callback knows better already; the record as it then is.

        Raises Aborted SEND_OUTCOME_UNKNOWN, and writes nothing, when the message_sid is another record's."""
        ...

    async def release(self, message_id: str, now: datetime, outcome_known: bool) -> None:
        """This attempt certainly sent nothing: the lease ends. With `outcome_known` no attempt before did either, and
        the next one is like the first; without, Twilio's log is still to be asked."""
        ...

    async def record_status(self, message_id: str, message_sid: str, status: str, error_code: int) -> Delivery | None:
        """Moves the record on, as delivery.advance says; None when there is none, or when the message_sid is another
        record's."""
        ...

    async def known_sids(self, account_sid: str, message_sids: Collection[str]) -> set[str]:
        """Those of `message_sids` that belong to a record."""
        ...

"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sms_service.delivery import Delivery
from sms_service.media import Media, MediaContent


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


class MediaStore(Protocol):
    """Attachments of inbound texts. One that is to be fetched, or whose fate is to be told, is due at some time."""

    async def add(self, media: Sequence[Media]) -> None:
        """Adds those that are not known, due at their `create_time`; of the others `queue_time` is renewed."""
        ...

    async def claim(self, now: datetime, lease_until: datetime) -> Media | None:
        """One that is due, the longest waiting first; nobody else gets it until `lease_until`. None: none is due."""
        ...

    async def settle(self, media: Media, content: bytes | None = None) -> Media:
        """Writes how far it is, with its content when it is STORED, unless it is final already; as it then is. It
        stays due."""
        ...

    async def postpone(self, media_id: str, due: datetime) -> None:
        """A claimed one is due again at `due`; no effect once nothing is to be done for it."""
        ...

    async def finish(self, media_id: str) -> None:
        """Nothing is to be done for it any more."""
        ...

    async def discard(self, media_id: str, queued_before: datetime) -> bool:
        """Forgets it with its content, unless it was asked for at `queued_before` or later; whether it did."""
        ...

    async def content(self, organization_id: str, media_id: str) -> MediaContent:
        """Raises NotFound MEDIA_NOT_FOUND unless the organization has it and it is STORED."""
        ...

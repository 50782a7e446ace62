"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media, MediaContent
from sms_service.domain.stopped_sender import SenderKey, StoppedSender


@dataclass(frozen=True)
class Claim:
    """What came of claiming a message: the record, and whether it is the caller's to send (`mine`) after an earlier
    attempt whose outcome is not known (`again`)."""

    delivery: Delivery
    mine: bool
    again: bool


@dataclass(frozen=True)
class Lease:
    """A number that is one replica's to compare. `watermark`: all that Twilio's log had until then was compared; None
    before the first time."""

    key: str
    lease_id: str
    watermark: datetime | None


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

    async def attempt(self, message_id: str, now: datetime) -> None:
        """A message in doubt is sent again now: from now on it is this attempt that is in doubt."""
        ...

    async def release(
        self, message_id: str, now: datetime, outcome_known: bool, place_time: datetime | None = None
    ) -> None:
        """This attempt certainly sent nothing: the lease ends. With `outcome_known` no attempt before did either, and
        the next one is like the first; without, Twilio's log is still to be asked. `place_time` is kept for the next
        attempt."""
        ...

    async def record_status(self, message_id: str, message_sid: str, status: str, error_code: int) -> Delivery | None:
        """Moves the record on, as delivery.advance says; None when there is none, or when the message_sid is another
        record's."""
        ...

    async def known_sids(self, account_sid: str, message_sids: Collection[str]) -> set[str]:
        """Those of `message_sids` that belong to a record."""
        ...

    async def claim_check(self, now: datetime, lease_until: datetime) -> Delivery | None:
        """A record that Twilio has taken and whose news are to be asked for, the longest waiting first; nobody else
        gets it until `lease_until`. None: none is due."""
        ...

    async def erase(self, ended: Delivery, now: datetime) -> Delivery | None:
        """Erases the customer's address from the record with the id, organization, workspace and account of `ended`.
        One that is not settled becomes `ended`, and so does one that is not there: it is never sent then. The record as
        it then is; None, and nothing is erased, while somebody has its lease."""
        ...

    async def finish_check(self, message_id: str, next_due: datetime | None) -> None:
        """Its news are to be asked for again at `next_due`, or never."""
        ...


class SenderStore(Protocol):
    """Stopped senders, and each number's line of messages that are to leave."""

    async def stopped(self, keys: Sequence[SenderKey]) -> list[StoppedSender]:
        """Those of `keys` that are stopped."""
        ...

    async def stopped_of_account(self, account_sid: str) -> list[StoppedSender]:
        """Those of the account, at most 100."""
        ...

    async def count_stopped(self, now: datetime) -> int:
        """How many there are that still count."""
        ...

    async def stop(self, stopped: StoppedSender) -> bool:
        """Stops it. False: it was stopped already, and only the error is noted. One that counts no more is none."""
        ...

    async def take_probe(self, stopped: StoppedSender, now: datetime, next_due: datetime, wait: timedelta) -> bool:
        """Whether the probe is due and the caller's; the next one is at `next_due`, and `wait` apart from then on."""
        ...

    async def resume(self, key: SenderKey) -> bool:
        """Whether it was stopped; it is not any more."""
        ...

    async def resume_account(self, account_sid: str) -> bool:
        """The same for an account with all its numbers."""
        ...

    async def book(self, key: SenderKey, now: datetime, takes: timedelta) -> datetime:
        """The next free place in the number's line, which then is free again after `takes`."""
        ...


class BackfillStore(Protocol):
    """How far each subscribed number has been compared with Twilio's log."""

    async def claim(self, key: str, now: datetime, compared_before: datetime, lease_until: datetime) -> Lease | None:
        """The number, if nobody else has it and its last comparison ended at or before `compared_before`."""
        ...

    async def advance(self, lease: Lease, watermark: datetime | None, lease_until: datetime) -> bool:
        """Moves the watermark on (never back; None leaves it), and keeps the lease. False: the lease is lost."""
        ...

    async def finish(self, lease: Lease, compared_time: datetime | None) -> None:
        """Ends the lease; the number was compared at `compared_time`, or not to the end. No effect when the lease is
        lost."""
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

    async def erase(
        self, organization_id: str, account_sid: str, message_sids: Collection[str], sweep_due: datetime
    ) -> None:
        """Erases the attachments of these texts with their content; nothing brings them back. They are due once more at
        `sweep_due`, when whoever is fetching one now must have ended."""
        ...

    async def sweep(self, media_id: str) -> None:
        """Removes what somebody may have written for an erased one after it was erased; then nothing is to be done for
        it any more."""
        ...

    async def content(self, organization_id: str, media_id: str) -> MediaContent:
        """Raises NotFound MEDIA_NOT_FOUND unless the organization has it and it is STORED."""
        ...

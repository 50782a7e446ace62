"""Where attachments are kept, and where they come from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sms_service.domain.credential import Credential
from sms_service.domain.media import Media, MediaContent


class MediaStore(Protocol):
    """Attachments of inbound texts. One that is to be fetched, or whose fate is to be reported, is due at some time."""

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

    async def release(self, media_id: str) -> None:
        """A claimed one is given back: it is due at once, whatever any replica's clock says; no effect once nothing is
        to be done for it."""
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


class MediaSource(Protocol):
    """Where the provider keeps attachments. `longest_seconds` is how long one fetch may take."""

    longest_seconds: float

    async def fetch(self, url: str, announced: str, credential: Credential) -> MediaContent:
        """The attachment at `url`, which was announced as that type. Raises
        MediaRefused (MediaGone when it is not there) and MediaNotNow."""
        ...

"""Use cases: ask for the attachments of a text, and read one."""

from collections.abc import Callable, Sequence

from servicekit.clock import Clock
from sms_service.domain.media import Media, MediaContent, media_id
from sms_service.ports.media import MediaStore


class MediaQueue:
    """Attachments of all organizations."""

    def __init__(self, store: MediaStore, clock: Clock, wake: Callable[[], None]) -> None:
        """`wake` is called when there is something to fetch."""
        self._store = store
        self._clock = clock
        self._wake = wake

    async def add(
        self, organization_id: str, account_sid: str, message_sid: str, media: Sequence[tuple[str, str]]
    ) -> None:
        """Has the attachments of an inbound text, given as (URL, media type), fetched and reported to ticket_service,
        whether the text is stored yet or not. Asking again, even at once, has each fetched once. Durable when it
        returns. Raises Unavailable STORE_UNAVAILABLE."""
        if not media:
            return
        now = self._clock()
        await self._store.add(
            [
                Media(
                    media_id=media_id(organization_id, account_sid, message_sid, url),
                    organization_id=organization_id,
                    account_sid=account_sid,
                    message_sid=message_sid,
                    url=url,
                    content_type=content_type,
                    create_time=now,
                    queue_time=now,
                )
                for url, content_type in media
            ]
        )
        self._wake()

    async def get(self, organization_id: str, wanted: str) -> MediaContent:
        """The content of the attachment with that id. Raises NotFound MEDIA_NOT_FOUND."""
        return await self._store.content(organization_id, wanted)

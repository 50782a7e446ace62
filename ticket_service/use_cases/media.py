"""Use case: record what became of the media of inbound texts."""

from servicekit.clock import Clock
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import Media, MediaState, Message, record_media
from ticket_service.ports.messages import MessageStore


class MediaOutcomes:
    """Media of all organizations' texts."""

    def __init__(self, store: MessageStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(
        self, organization_id: str, account_sid: str, twilio_message_sid: str, news: Media, actor: Actor
    ) -> None:
        """Writes what became of the media at that URL; late and repeated news changes nothing. Raises NotFound
        MESSAGE_NOT_FOUND while the text is not stored, and when it has no such media."""

        def decide(message: Message) -> tuple[Message, tuple[AuditEntry, ...]]:
            after = record_media(message, news)
            return after, self._entries(after, news, actor) if after != message else ()

        await self._store.change_text(organization_id, account_sid, twilio_message_sid, news.url, decide)

    def _entries(self, message: Message, news: Media, actor: Actor) -> tuple[AuditEntry, ...]:
        if news.state is MediaState.STORED:
            size = str(news.size_bytes)
            details = {"media_id": news.media_id, "content_type": news.content_type, "size_bytes": size}
            return (AuditEntry(AuditAction.MEDIA_STORED, message.message_id, actor, self._clock(), details),)
        if news.state is MediaState.REFUSED:
            details = {"content_type": news.content_type, "why": news.error_text}
            return (AuditEntry(AuditAction.MEDIA_REFUSED, message.message_id, actor, self._clock(), details),)
        return ()

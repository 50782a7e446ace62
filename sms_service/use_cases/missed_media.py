"""Use case: what came with a text whose webhook was missed. Only Twilio knows, and may not say: then the text waits for
a while, its neighbours do not, and in the end it comes without its attachments."""

import time
from dataclasses import replace

import structlog

from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.credential import Credential
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderRateLimited,
    ProviderRefused,
)
from sms_service.ports.provider import Provider
from sms_service.use_cases.media import MediaQueue

_PATIENCE_SECONDS = 15 * 60.0
# More texts than this never wait at once, save where Twilio has an outage.
_MOST_REMEMBERED = 10_000
_log = structlog.get_logger(__name__)


class MissedMedia:
    """Asks Twilio for the attachments of missed texts."""

    def __init__(self, provider: Provider, media: MediaQueue) -> None:
        self._provider = provider
        self._media = media
        # Since when Twilio does not say what came with a text, by MessageSid.
        self._failing_since: dict[str, float] = {}

    async def listed(self, number: SubscribedNumber, credential: Credential, text: MissingText) -> MissingText | None:
        """The text with its attachments, which are fetched from now on; None: it has to wait. Raises ProviderError when
        Twilio takes nothing of the account now, and Unavailable STORE_UNAVAILABLE."""
        if not text.message.media_count:
            return text
        sid = text.message.sid
        try:
            media = tuple(await self._provider.message_media(credential, sid))
        except (ProviderCredentialsRefused, ProviderRateLimited):
            raise
        except ProviderError as error:
            if not isinstance(error, ProviderRefused) and self._may_still_say(sid):
                return None
            _log.warning("a text is recovered without its attachments", message_sid=sid, twilio_code=error.code)
            media = ()
        self._failing_since.pop(sid, None)
        await self._media.add(number.organization_id, number.account_sid, sid, media)
        return replace(text, media=media)

    def _may_still_say(self, sid: str) -> bool:
        now = time.monotonic()
        if len(self._failing_since) >= _MOST_REMEMBERED:
            self._failing_since.clear()
        return now - self._failing_since.setdefault(sid, now) < _PATIENCE_SECONDS

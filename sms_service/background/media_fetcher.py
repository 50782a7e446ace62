"""Background work: fetches attachments from Twilio and reports to ticket_service what became of them, on every replica
at once. Each step may be done twice, so that a fetcher that dies in between costs nothing but time."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.backoff import half_of_age, jittered
from servicekit.background_work.claim_loop import Claimed, ClaimLoop
from servicekit.clock import Clock
from servicekit.errors import KevaError, NotFound
from sms_service import metrics
from sms_service.domain.media import NOT_NOW, Media, MediaContent, MediaGone, MediaNotNow, MediaRefused, MediaState
from sms_service.ports.media import MediaSource, MediaStore
from sms_service.ports.tickets import Tickets
from sms_service.use_cases.credentials_cache import CredentialsCache

# Each may hold KEVA_MEDIA_MAX_BYTES, and a copy of it.
_CONCURRENCY = 4
_POLL_SECONDS = 0.5
# Beside the download: credentials, the database, and ticket_service. Doing it twice would do no harm.
_LEASE_MARGIN = timedelta(seconds=15)
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=15)
# Twilio may announce an attachment before it hands it out.
_MAY_STILL_COME = timedelta(minutes=5)
_GIVE_UP = timedelta(days=3)
_log = structlog.get_logger(__name__)


class MediaFetcher:
    """Fetches attachments until cancelled. `lease` is how long one may take."""

    def __init__(
        self,
        store: MediaStore,
        source: MediaSource,
        credentials: CredentialsCache,
        tickets: Tickets,
        clock: Clock,
    ) -> None:
        self._store = store
        self._source = source
        self._credentials = credentials
        self._tickets = tickets
        self._clock = clock
        self.lease = timedelta(seconds=source.longest_seconds) + _LEASE_MARGIN
        self._due = ClaimLoop(
            self._claim,
            self._work,
            self._give_back,
            what="attachments",
            at_once=_CONCURRENCY,
            poll_seconds=_POLL_SECONDS,
            names=lambda media: {"media_id": media.media_id},
        )

    def wake(self) -> None:
        """Looks for attachments now."""
        self._due.wake()

    async def run(self) -> None:
        """Fetches what is due, and waits for more."""
        await self._due.run()

    async def _claim(self) -> Claimed[Media]:
        now = self._clock()
        media = await self._store.claim(now, now + self.lease)
        return Claimed([media], more=True) if media is not None else Claimed()

    async def _work(self, media: Media) -> None:
        known = await self._fetch(media) if media.state is MediaState.PENDING else media
        if media.state is MediaState.ERASED:
            await self._store.sweep(media.media_id)
        elif known.state is not MediaState.ERASED:
            await self._report(known)

    async def _give_back(self, media: Media) -> None:
        await self._store.release(media.media_id)

    async def _fetch(self, media: Media) -> Media:
        """The attachment after an attempt, as it is kept."""
        try:
            content = await self._content(media)
        except MediaRefused as refused:
            return await self._refuse(media, refused.sentence)
        except MediaNotNow as error:
            return await self._not_now(media, error.trouble, error.sentence)
        except KevaError as error:
            return await self._not_now(media, error.reason, error.metadata.get("error_text", NOT_NOW))
        stored = replace(
            media,
            state=MediaState.STORED,
            content_type=content.content_type,
            size_bytes=len(content.content),
            error_text="",
        )
        metrics.MEDIA_FETCHED.labels("stored").inc()
        _log.info("attachment stored", media_id=media.media_id, size_bytes=stored.size_bytes)
        return await self._store.settle(stored, content.content)

    async def _content(self, media: Media) -> MediaContent:
        credential = await self._credentials.require(media.organization_id, media.account_sid)
        try:
            return await self._source.fetch(media.url, media.content_type, credential)
        except MediaGone:
            if self._clock() - media.create_time < _MAY_STILL_COME:
                raise MediaNotNow("404") from None
            raise

    async def _not_now(self, media: Media, trouble: str, sentence: str) -> Media:
        metrics.MEDIA_FETCHED.labels("postponed").inc()
        _log.warning("an attachment was not fetched", media_id=media.media_id, reason=trouble)
        if self._clock() - media.create_time < _GIVE_UP:
            return await self._store.settle(replace(media, error_text=sentence))
        days = _GIVE_UP.days
        return await self._refuse(media, f"It could not be fetched for {days} days, and is not tried again. {sentence}")

    async def _refuse(self, media: Media, sentence: str) -> Media:
        metrics.MEDIA_FETCHED.labels("refused").inc()
        _log.info("attachment refused", media_id=media.media_id)
        return await self._store.settle(replace(media, state=MediaState.REFUSED, error_text=sentence))

    async def _report(self, media: Media) -> None:
        """Has ticket_service know how it stands. What is final is reported until ticket_service has it."""
        try:
            await self._tickets.record_media(media)
        except NotFound:
            if await self._nobody_wants(media):
                return
        except KevaError as error:
            _log.warning("what became of an attachment was not reported", media_id=media.media_id, reason=error.reason)
        else:
            if media.state is not MediaState.PENDING:
                await self._store.finish(media.media_id)
                return
        await self._store.postpone(media.media_id, self._next_try(media))

    async def _nobody_wants(self, media: Media) -> bool:
        """Whether its text was never stored, and Twilio has not brought it again: then nobody can find it here."""
        discarded = await self._store.discard(media.media_id, self._clock() - _GIVE_UP)
        if discarded:
            _log.info("attachment of a text that was never stored discarded", media_id=media.media_id)
        return discarded

    def _next_try(self, media: Media) -> datetime:
        now = self._clock()
        return now + jittered(half_of_age(media.create_time, now, _SHORTEST_WAIT, _LONGEST_WAIT))

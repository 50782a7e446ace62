"""Use cases: whether webhooks are Twilio's, and what they say. One webhook never affects its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeGuard, TypeVar

import structlog

from servicekit.background_work.failures import expected
from servicekit.errors import KevaError, Unavailable
from sms_service.domain.credential import Credential
from sms_service.domain.delivery import Delivery, DeliveryNews, is_known_status, reported
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.ports.deliveries import DeliveryStore
from sms_service.ports.webhooks import WebhookReader
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.stopped_senders import StoppedSenders
from sms_service.use_cases.webhook_health import WebhooksHealth

Verified = TypeVar("Verified")
# How long webhooks that share a call wait for the account of one of them, read again where that may help: less than the
# gateway waits for the call.
_SECONDS_FOR_AN_ACCOUNT = 1.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class VerifiedMessage:
    """A text and the organization whose account signed it."""

    organization_id: str
    message: InboundMessage


class Webhooks:
    """Verifies webhooks of all accounts."""

    def __init__(
        self,
        reader: WebhookReader,
        credentials: CredentialsCache,
        store: DeliveryStore,
        stopped_senders: StoppedSenders,
        media: MediaQueue,
        health: WebhooksHealth,
    ) -> None:
        self._reader = reader
        self._credentials = credentials
        self._stopped_senders = stopped_senders
        self._store = store
        self._media = media
        self._health = health

    async def verify_inbound(self, webhooks: Sequence[Webhook]) -> list[VerifiedMessage | WebhookRefused]:
        """One verdict per webhook, in order; what is attached to those that are Twilio's is asked for. Raises
        Unavailable when nothing is known of any of them."""
        return await _each(webhooks, self._verify_message)

    async def verify_callbacks(self, callbacks: Sequence[Webhook]) -> list[Delivery | WebhookRefused]:
        """One verdict per status callback, in order; what they say is kept with the delivery."""
        return await _each(callbacks, self._verify_callback)

    async def _verify_message(self, webhook: Webhook) -> VerifiedMessage:
        credential = await self._signer(webhook)
        self._health.text_came(credential.account_sid)
        message = self._reader.read_message(webhook)
        # Before anybody stores the text: a crash in between leaves attachments without a text, never the reverse.
        await self._media.add(credential.organization_id, message.account_sid, message.message_sid, message.media)
        return VerifiedMessage(credential.organization_id, message)

    async def _verify_callback(self, callback: Webhook) -> Delivery:
        credential = await self._signer(callback)
        self._health.callback_came(credential.account_sid)
        message_id, news = self._reader.read_news(callback)
        known = await self._store.get(message_id)
        if known is None or not _may_report(credential, news, known):
            raise WebhookRefused("MESSAGE_NOT_FOUND")
        if not is_known_status(news.status):
            _log.warning("unknown message status", message_id=message_id, status=news.status[:32])
        recorded = await self._store.record_news(message_id, news, known, reported)
        if recorded is None:
            raise WebhookRefused("MESSAGE_NOT_FOUND")
        if recorded != known:
            await self._stopped_senders.reported(recorded, news.failure)
        return recorded

    async def _signer(self, webhook: Webhook) -> Credential:
        """The account that signed. Raises WebhookRefused, the same for no signature, a wrong one and one of an account
        that is not connected, and INTERNAL when what may have signed it cannot be decrypted; Unavailable when the
        account is not known in time."""
        account_sid, now = self._reader.claimed_account(webhook), asyncio.get_running_loop().time
        deadline = now() + _SECONDS_FOR_AN_ACCOUNT
        credential = await self._credentials.find(account_sid, _SECONDS_FOR_AN_ACCOUNT)
        if credential is None:
            raise WebhookRefused("SIGNATURE_INVALID")
        if self._reader.is_signed(webhook, credential):
            return credential
        newer = await self._credentials.find_newer(account_sid, credential, deadline - now())
        if newer is not None and self._reader.is_signed(webhook, newer):
            return newer
        raise self._not_signed(webhook, newer or credential)

    def _not_signed(self, webhook: Webhook, credential: Credential) -> WebhookRefused:
        account_sid, trouble = credential.account_sid, self._reader.signature_trouble(webhook, credential)
        self._health.refused(account_sid, trouble)
        if not trouble.undecided:
            return WebhookRefused("SIGNATURE_INVALID")
        _log.error("what may have signed a webhook cannot be decrypted", account_sid=account_sid, why=trouble.value)
        return WebhookRefused("INTERNAL")


def _may_report(credential: Credential, news: DeliveryNews, known: Delivery) -> bool:
    """Whether the message is the account's, and the news that of the message. What is presumed of it may be another's:
    the URL that was signed names it."""
    owner = credential.organization_id, credential.account_sid
    is_its_own = known.presumed or known.message_sid in ("", news.message_sid)
    return (known.organization_id, known.account_sid) == owner and is_its_own


async def _each(
    webhooks: Sequence[Webhook], verify: Callable[[Webhook], Awaitable[Verified]]
) -> list[Verified | WebhookRefused]:
    if len(webhooks) == 1:
        # Most calls, unless much is going on; gathering one would cost a task.
        return [await _verdict(webhooks[0], verify)]
    verdicts = await asyncio.gather(*(_verdict(webhook, verify) for webhook in webhooks), return_exceptions=True)
    failures = [verdict for verdict in verdicts if _is_failure(verdict)]
    if len(failures) == len(verdicts):
        # As if each had come by itself: then the caller asks again.
        raise failures[0]
    return [_alone(verdict) for verdict in verdicts]


def _is_failure(verdict: object) -> TypeGuard[BaseException]:
    return isinstance(verdict, BaseException) and not isinstance(verdict, WebhookRefused)


def _alone(verdict: Verified | BaseException) -> Verified | WebhookRefused:
    """What nobody expected with one webhook is its own trouble; its neighbours are Twilio's all the same."""
    if not isinstance(verdict, BaseException) or isinstance(verdict, WebhookRefused):
        return verdict
    if not isinstance(verdict, Exception):
        raise verdict
    known = expected(verdict)
    if isinstance(known, Unavailable):
        return WebhookRefused(known.reason)
    _log.error("a webhook could not be verified", exc_info=verdict)
    return WebhookRefused("INTERNAL")


async def _verdict(webhook: Webhook, verify: Callable[[Webhook], Awaitable[Verified]]) -> Verified | WebhookRefused:
    try:
        return await verify(webhook)
    except WebhookRefused as refused:
        return refused
    except Unavailable as error:
        # This account's tokens are not known, or its attachments not asked for; its neighbours' are.
        return WebhookRefused(error.reason)
    except KevaError as error:
        _log.error("an account's credentials cannot be used", reason=error.reason)
        return WebhookRefused("INTERNAL")

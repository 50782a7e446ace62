"""Use cases: whether webhooks are Twilio's, and what they say. One webhook never affects its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import structlog

from servicekit.errors import KevaError, Unavailable
from sms_service.domain.delivery import Delivery, is_known_status
from sms_service.ports.credential import Credential, is_account_sid
from sms_service.ports.store import DeliveryStore
from sms_service.twilio.inbound import InboundMessage, Refused, Webhook, error_code, message_sid, read_message
from sms_service.twilio.signature import is_valid
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.media_queue import MediaQueue
from sms_service.use_cases.senders import Senders

Verified = TypeVar("Verified")
# How long webhooks that share a call wait for the account of one of them: less than the gateway waits for the call.
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
        credentials: CredentialsCache,
        store: DeliveryStore,
        senders: Senders,
        media: MediaQueue,
        default_region: str,
    ) -> None:
        self._credentials = credentials
        self._senders = senders
        self._store = store
        self._media = media
        self._default_region = default_region

    async def verify_inbound(self, webhooks: Sequence[Webhook]) -> list[VerifiedMessage | Refused]:
        """One verdict per webhook, in order; what is attached to those that are Twilio's is asked for. Raises
        Unavailable when nothing is known of any of them."""
        return await _each(webhooks, self._verify_message)

    async def verify_callbacks(self, callbacks: Sequence[Webhook]) -> list[Delivery | Refused]:
        """One verdict per status callback, in order; what they say is kept with the delivery."""
        return await _each(callbacks, self._verify_callback)

    async def _verify_message(self, webhook: Webhook) -> VerifiedMessage:
        credential = await self._signer(webhook)
        message = read_message(webhook, self._default_region)
        # Before anybody stores the text: a crash in between leaves attachments without a text, never the reverse.
        await self._media.add(credential.organization_id, message.account_sid, message.message_sid, message.media)
        return VerifiedMessage(credential.organization_id, message)

    async def _verify_callback(self, callback: Webhook) -> Delivery:
        credential = await self._signer(callback)
        message_id = _message_id(callback.url)
        values = callback.first
        sid, status = message_sid(values), values.get("MessageStatus", "").lower()
        if not status:
            raise Refused("FIELD_REQUIRED", "MessageStatus")
        known = await self._store.get(message_id)
        owner = credential.organization_id, credential.account_sid
        if known is None or (known.organization_id, known.account_sid) != owner or known.message_sid not in ("", sid):
            raise Refused("MESSAGE_NOT_FOUND")
        if not is_known_status(status):
            _log.warning("unknown message status", message_id=message_id, status=status[:32])
        recorded = await self._store.record_status(message_id, sid, status, error_code(values.get("ErrorCode", "")))
        if recorded is None:
            raise Refused("MESSAGE_NOT_FOUND")
        if recorded != known:
            await self._senders.reported(recorded)
        return recorded

    async def _signer(self, webhook: Webhook) -> Credential:
        """The account that signed. Raises Refused, the same way for no, a wrong and an unknown one's signature."""
        claimed = {value for name, value in webhook.parameters if name == "AccountSid"}
        if not any(claimed):
            raise Refused("FIELD_REQUIRED", "AccountSid")
        account_sid = next(iter(claimed))
        if len(claimed) > 1 or not is_account_sid(account_sid):
            raise Refused("SIGNATURE_INVALID")
        credential = await self._credentials.find(account_sid, _SECONDS_FOR_AN_ACCOUNT)
        if credential is None:
            raise Refused("SIGNATURE_INVALID")
        if _signed_by(webhook, credential):
            return credential
        newer = await self._credentials.find_newer(account_sid, credential)
        if newer is not None and _signed_by(webhook, newer):
            return newer
        raise Refused("SIGNATURE_INVALID")


def _signed_by(webhook: Webhook, credential: Credential) -> bool:
    signed = (webhook.url, webhook.parameters, webhook.signature)
    tokens = (token.reveal() for token in credential.auth_tokens)
    return is_valid(*signed, tokens, webhook.signature_settings, credential.shared_keys)


def _message_id(url: str) -> str:
    try:
        given = parse_qs(urlsplit(url).query).get("message_id", [""])[0]
    except ValueError:
        given = ""
    if not given:
        raise Refused("FIELD_REQUIRED", "message_id")
    return given


async def _each(
    webhooks: Sequence[Webhook], verify: Callable[[Webhook], Awaitable[Verified]]
) -> list[Verified | Refused]:
    verdicts = await asyncio.gather(*(_verdict(webhook, verify) for webhook in webhooks), return_exceptions=True)
    for verdict in verdicts:
        if isinstance(verdict, BaseException) and not isinstance(verdict, Refused):
            raise verdict
    return [verdict for verdict in verdicts if not isinstance(verdict, BaseException) or isinstance(verdict, Refused)]


async def _verdict(webhook: Webhook, verify: Callable[[Webhook], Awaitable[Verified]]) -> Verified | Refused:
    try:
        return await verify(webhook)
    except Refused as refused:
        return refused
    except Unavailable as error:
        # This account's tokens are not known, or its attachments not asked for; its neighbours' are.
        return Refused(error.reason)
    except KevaError as error:
        _log.error("an account's credentials cannot be used", reason=error.reason)
        return Refused("INTERNAL")

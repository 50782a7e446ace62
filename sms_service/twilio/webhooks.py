"""Twilio's webhooks: whose they are, and what they say."""

from dataclasses import replace

from sms_service.domain.credential import Credential, is_account_sid
from sms_service.domain.delivery import DeliveryNews
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.domain.webhook_health import SignatureTrouble
from sms_service.twilio import inbound
from sms_service.twilio.exact_forms import require_exact_forms
from sms_service.twilio.signature import is_valid, named_key, names_key
from sms_service.twilio.webhook_urls import (
    FALLBACK_PATH,
    STATUS_CALLBACK_PATH,
    WEBHOOK_PATH,
    path_of,
    with_other_scheme,
)


class TwilioWebhooks:
    """Implements ports.webhooks.WebhookReader. `default_region` is for numbers that come without a country code."""

    def __init__(self, default_region: str) -> None:
        self._default_region = default_region

    def claimed_account(self, webhook: Webhook) -> str:
        """Twice the same AccountSid is one."""
        claimed = {value for name, value in webhook.parameters if name == "AccountSid"}
        if not any(claimed):
            raise WebhookRefused("FIELD_REQUIRED", "AccountSid")
        account_sid = next(iter(claimed))
        if len(claimed) > 1 or not is_account_sid(account_sid):
            raise WebhookRefused("SIGNATURE_INVALID")
        return account_sid

    def is_signed(self, webhook: Webhook, credential: Credential) -> bool:
        """The header X-Twilio-Webhooks-Signature-Settings decides which of the account's secrets counts."""
        signed = (webhook.url, webhook.parameters, webhook.signature)
        tokens = (token.reveal() for token in credential.auth_tokens)
        return is_valid(*signed, tokens, webhook.signature_settings, credential.shared_keys)

    def signature_trouble(self, webhook: Webhook, credential: Credential) -> SignatureTrouble:
        """A public URL with the wrong scheme is the one slip that can be told from a wrong token."""
        if not webhook.signature:
            return SignatureTrouble.MISSING
        if self.is_signed(replace(webhook, url=with_other_scheme(webhook.url)), credential):
            return SignatureTrouble.OTHER_SCHEME
        if not webhook.signature_settings:
            return SignatureTrouble.UNREADABLE_AUTH_TOKEN if credential.unreadable_tokens else SignatureTrouble.WRONG
        if names_key(webhook.signature_settings, credential.shared_keys):
            return SignatureTrouble.WRONG
        if named_key(webhook.signature_settings) in credential.unreadable_shared_keys:
            return SignatureTrouble.UNREADABLE_SHARED_KEY
        return SignatureTrouble.UNKNOWN_SHARED_KEY

    def read_message(self, webhook: Webhook) -> InboundMessage:
        """Addresses come normalised."""
        _require_signed_for(webhook, WEBHOOK_PATH, FALLBACK_PATH)
        require_exact_forms(webhook.parameters)
        return inbound.read_message(webhook, self._default_region)

    def read_news(self, webhook: Webhook) -> tuple[str, DeliveryNews]:
        """The message's id stands in the URL, which is signed."""
        _require_signed_for(webhook, STATUS_CALLBACK_PATH)
        require_exact_forms(webhook.parameters)
        return inbound.read_news(webhook)


def _require_signed_for(webhook: Webhook, *paths: str) -> None:
    """Who passes a webhook on could pass a status callback off as a text. The URL that Twilio signed says what it
    is."""
    if not path_of(webhook.url).endswith(paths):
        raise WebhookRefused("SIGNATURE_INVALID")

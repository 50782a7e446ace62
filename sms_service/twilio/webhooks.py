"""Twilio's webhooks: whose they are, and what they say."""

from sms_service.domain.credential import Credential, is_account_sid
from sms_service.domain.delivery import DeliveryNews
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.twilio import inbound
from sms_service.twilio.signature import is_valid


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

    def read_message(self, webhook: Webhook) -> InboundMessage:
        """Addresses come normalised."""
        return inbound.read_message(webhook, self._default_region)

    def read_news(self, webhook: Webhook) -> tuple[str, DeliveryNews]:
        """The message's id stands in the URL, which is signed."""
        return inbound.read_news(webhook)

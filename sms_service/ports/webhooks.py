"""What the use cases need to know of the provider's webhooks."""

from typing import Protocol

from sms_service.domain.credential import Credential
from sms_service.domain.delivery import DeliveryNews
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook
from sms_service.domain.webhook_health import SignatureTrouble


class WebhookReader(Protocol):
    """Reads webhooks; asks nobody. Whatever arrives, nothing but WebhookRefused is raised."""

    def claimed_account(self, webhook: Webhook) -> str:
        """The account that it says it is of, which nobody has verified. Raises WebhookRefused FIELD_REQUIRED, and
        SIGNATURE_INVALID for what names no account, or two."""
        ...

    def is_signed(self, webhook: Webhook, credential: Credential) -> bool:
        """Whether the account signed it with one of its Auth Tokens or SharedKeys."""
        ...

    def signature_trouble(self, webhook: Webhook, credential: Credential) -> SignatureTrouble:
        """Why it does not count as signed by the account, which it is not."""
        ...

    def read_message(self, webhook: Webhook) -> InboundMessage:
        """The text that it brings. Raises WebhookRefused FIELD_REQUIRED or FIELD_INVALID."""
        ...

    def read_news(self, webhook: Webhook) -> tuple[str, DeliveryNews]:
        """The id of a message that we sent, and what it says of it. Raises WebhookRefused FIELD_REQUIRED or
        FIELD_INVALID."""
        ...

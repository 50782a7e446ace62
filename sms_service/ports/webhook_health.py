"""Where it is kept how the webhooks of accounts come."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sms_service.domain.webhook_health import WebhookHealth


class WebhookHealthStore(Protocol):
    """Of all accounts, by Account SID."""

    async def note(self, news: Mapping[str, WebhookHealth]) -> None:
        """Keeps what is newer than what is known, kind by kind. Idempotent, in any order."""
        ...

    async def of_accounts(self, account_sids: Sequence[str]) -> Mapping[str, WebhookHealth]:
        """What is known of these; those of whom nothing is are missing."""
        ...

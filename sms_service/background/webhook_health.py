"""Background work: how the webhooks of accounts come is written down."""

from servicekit.background_work.rounds import repeat
from sms_service.use_cases.webhook_health import WebhooksHealth

_SECONDS = 5.0


class WebhookHealthNotes:
    """Keeps what was noted, again and again."""

    def __init__(self, health: WebhooksHealth) -> None:
        self._health = health

    async def run(self) -> None:
        """Keeps it until cancelled."""
        await repeat(self._keep, _SECONDS, "keeping how webhooks come")

    async def _keep(self) -> bool:
        await self._health.keep()
        return False

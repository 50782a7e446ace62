"""Background work: the number of stopped senders is there for Prometheus to read."""

from servicekit.background_work.rounds import repeat
from sms_service import metrics
from sms_service.use_cases.stopped_senders import StoppedSenders

_SECONDS = 15.0


class StoppedSendersCount:
    """Counts the stopped senders of all accounts again and again."""

    def __init__(self, stopped_senders: StoppedSenders) -> None:
        self._stopped_senders = stopped_senders

    async def run(self) -> None:
        """Counts until cancelled."""
        await repeat(self._count, _SECONDS, "counting stopped senders")

    async def _count(self) -> bool:
        metrics.STOPPED_SENDERS.set(await self._stopped_senders.count())
        return False

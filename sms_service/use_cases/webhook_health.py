"""Use case: how the webhooks of connected accounts come. Noted in memory while they are verified, which waits for
nothing, and kept every few seconds: a replica that dies forgets seconds."""

from collections.abc import Mapping, Sequence

from servicekit.clock import Clock
from sms_service.domain.credential import ConnectedAccount
from sms_service.domain.webhook_health import SignatureTrouble, WebhookHealth
from sms_service.ports.webhook_health import WebhookHealthStore

_NOTHING = WebhookHealth()


class WebhooksHealth:
    """Of all accounts. What is noted here are accounts that are connected: as many as there are, whoever knocks."""

    def __init__(self, store: WebhookHealthStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._news: dict[str, WebhookHealth] = {}

    def text_came(self, account_sid: str) -> None:
        """The account has signed a text's webhook."""
        self._note(account_sid, WebhookHealth(text_time=self._clock()))

    def callback_came(self, account_sid: str) -> None:
        """It has signed a status callback."""
        self._note(account_sid, WebhookHealth(callback_time=self._clock()))

    def refused(self, account_sid: str, trouble: SignatureTrouble) -> None:
        """A webhook claims to be the account's, and is not signed by it."""
        self._note(account_sid, WebhookHealth(refused_time=self._clock(), trouble=trouble))

    async def keep(self) -> None:
        """Writes down what was noted since the last time."""
        news, self._news = self._news, {}
        try:
            await self._store.note(news)
        except BaseException:
            for account_sid, health in news.items():
                self._note(account_sid, health)
            raise

    async def of_accounts(self, accounts: Sequence[ConnectedAccount]) -> Mapping[str, WebhookHealth]:
        """By Account SID, since each was connected; what other replicas noted in the last seconds may be missing."""
        known = await self._store.of_accounts([account.account_sid for account in accounts])
        return {account.account_sid: self._known(account, known) for account in accounts}

    def _known(self, account: ConnectedAccount, known: Mapping[str, WebhookHealth]) -> WebhookHealth:
        sid = account.account_sid
        return known.get(sid, _NOTHING).with_newer(self._news.get(sid, _NOTHING)).since(account.connect_time)

    def _note(self, account_sid: str, health: WebhookHealth) -> None:
        self._news[account_sid] = self._news.get(account_sid, _NOTHING).with_newer(health)

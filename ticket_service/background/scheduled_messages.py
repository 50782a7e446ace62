"""Background work: lets go what was to be sent later when its time has come, on every replica at once. A lease keeps
replicas from doing the same work twice; that nothing leaves twice is decided in the transaction that lets it go."""

from datetime import timedelta

import structlog

from servicekit.background_work.claim_loop import Claimed, ClaimLoop
from servicekit.background_work.failures import passing
from servicekit.clock import Clock
from ticket_service.domain.outgoing.due_messages import DueMessage
from ticket_service.ports.outgoing.scheduled_messages import ScheduledMessageStore
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

# Longer than letting one go may take; a replica that died keeps it waiting this long.
LEASE = timedelta(seconds=20)
_AGAIN = timedelta(seconds=2)
_CLAIMS = 100
_AT_ONCE = 100
_log = structlog.get_logger(__name__)


class SendLater:
    """Lets messages go until cancelled."""

    def __init__(
        self, store: ScheduledMessageStore, messages: ScheduledMessages, clock: Clock, poll_seconds: float
    ) -> None:
        self._store = store
        self._messages = messages
        self._clock = clock
        self._loop = ClaimLoop(
            self._claim,
            self._let_go,
            self._give_back,
            what="scheduled messages",
            at_once=_AT_ONCE,
            poll_seconds=poll_seconds,
            names=lambda due: {"message_id": due.message_id},
        )

    async def run(self) -> None:
        """Lets go what is due, and waits for more."""
        await self._loop.run()

    async def _claim(self) -> Claimed[DueMessage]:
        now = self._clock()
        due = await self._store.claim_due(now, now + LEASE, _CLAIMS)
        return Claimed(due.messages, due.more, (due.next_due - now).total_seconds() if due.next_due else None)

    async def _let_go(self, due: DueMessage) -> None:
        try:
            await self._messages.let_go(due.workspace_id, due.message_id)
        except Exception as error:
            if (known := passing(error)) is None:
                raise
            _log.warning("a scheduled message has not left yet", message_id=due.message_id, reason=known.reason)
            await self._store.postpone(due.message_id, self._clock() + _AGAIN)

    async def _give_back(self, due: DueMessage) -> None:
        await self._store.postpone(due.message_id, self._clock())

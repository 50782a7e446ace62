"""Background work: tickets that were put aside wake when their time comes. Replicas need no lease: whether a ticket is
still to be woken is decided in the transaction that wakes it, and what is due at the same time shares a commit."""

import asyncio

import structlog

from servicekit.background_work.failures import expected, log_failure
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from servicekit.errors import Unavailable
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.work.snooze import DueSnooze
from ticket_service.ports.work.snoozes import SnoozeStore
from ticket_service.use_cases.work.snoozes import Snoozes

_BATCH = 100
_ACTOR = Actor(ActorKind.SERVICE, "snoozes")
_log = structlog.get_logger(__name__)


class Alarm:
    """Wakes tickets until cancelled."""

    def __init__(self, store: SnoozeStore, snoozes: Snoozes, clock: Clock, poll_seconds: float) -> None:
        self._store = store
        self._snoozes = snoozes
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.wake_due, self._poll_seconds, "waking tickets")

    async def wake_due(self) -> bool:
        """Wakes up to 100 tickets; one that cannot be woken stops no other. Returns whether there may be more. Raises
        Unavailable."""
        due = await self._store.list_due(self._clock(), _BATCH)
        woken = await asyncio.gather(*map(self._wake, due))
        return any(woken) and len(due) == _BATCH

    async def _wake(self, due: DueSnooze) -> bool:
        try:
            await self._snoozes.wake_if_due(due, _ACTOR)
        except Exception as error:
            if isinstance(known := expected(error), Unavailable):
                raise known from None
            log_failure(_log, "a ticket could not be woken; the others have their turn", error, ticket_id=due.ticket_id)
            return False
        return True

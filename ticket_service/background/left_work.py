"""Background work: tickets and channels leave agents who may not work on them any more. An agent's left work is claimed
by a lease, and each step may be done twice, so what was interrupted goes on where it was."""

from datetime import timedelta

from servicekit.background_work.backoff import half_of_age
from servicekit.background_work.rounds import repeat
from servicekit.background_work.wake_up import WakeUp
from servicekit.clock import Clock
from ticket_service.ports.agents import LeftWorkStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.channels import Channels
from ticket_service.use_cases.staff.left_work import LeftWork

# Longer than a batch may take; a replica that died keeps an agent's work waiting this long.
_LEASE = timedelta(seconds=60)
# Another replica may have taken the agent for active until a moment ago, and be writing that down now.
_SETTLED_AFTER = timedelta(seconds=60)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=30)
_POLL_SECONDS = 5.0


class LeftWorkLoop:
    """Works until cancelled."""

    def __init__(self, store: LeftWorkStore, tickets: TicketStore, channels: Channels, clock: Clock) -> None:
        self._store = store
        self._left_work = LeftWork(store, tickets, channels, clock)
        self._clock = clock
        self._wake_up = WakeUp()

    def wake(self) -> None:
        """Looks for left work now."""
        self._wake_up.wake()

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.take_due, _POLL_SECONDS, "looking for the work of agents who left", self._wake_up)

    async def take_due(self) -> bool:
        """Takes a batch of one agent's left work that is due. Returns whether there was some."""
        now = self._clock()
        work = await self._store.claim_left_work(now, now + _LEASE)
        if work is None:
            return False
        found, taken = await self._left_work.take(work.agent)
        if taken:
            await self._store.postpone_left_work(work, now)
        elif not found and now - work.since >= _SETTLED_AFTER:
            await self._store.finish_left_work(work)
        else:
            await self._store.postpone_left_work(
                work, now + half_of_age(work.since, now, _SHORTEST_WAIT, _LONGEST_WAIT)
            )
        return True

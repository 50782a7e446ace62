"""Background work: tickets that a version before has stored, or changes still during an upgrade, are given what lists
show of them and order them by. Several replicas may do so at once."""

from datetime import timedelta

from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.ports.inbox import InboxStore

_BATCH = 200
_SECONDS = 60.0
# How long replicas of such a version may run beside this one, and how often it is looked at what they did.
_UPGRADE, _BETWEEN = timedelta(hours=1), timedelta(minutes=10)


class InboxIndex:
    """Looks for such tickets until cancelled."""

    def __init__(self, store: InboxStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._until = clock() + _UPGRADE
        self._next_look = clock()

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.fill_in, _SECONDS, "what lists show of older tickets")

    async def fill_in(self) -> bool:
        """Fills up to 200 tickets in. Returns whether there may be more. Once there are none, this corrects for an hour
        what replicas of the version before did meanwhile. Then nobody lists by what that one listed by, and it goes."""
        if await self._store.fill_in(_BATCH) == _BATCH:
            return True
        now = self._clock()
        if now >= self._until:
            await self._store.drop_old_indexes()
        if self._next_look <= now < self._until:
            if await self._store.correct(_BATCH) >= _BATCH:
                return True
            self._next_look = now + _BETWEEN
        return False

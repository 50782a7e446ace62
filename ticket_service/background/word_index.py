"""Background work: messages that a version before has stored, or stores still during an upgrade, are given their words,
so that they are found. Several replicas may do so at once."""

from servicekit.background_work.rounds import repeat
from ticket_service.ports.search import SearchStore

_BATCH = 500
_SECONDS = 60.0


class WordIndex:
    """Looks for such messages until cancelled."""

    def __init__(self, store: SearchStore) -> None:
        self._store = store

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.index_older, _SECONDS, "words of older messages")

    async def index_older(self) -> bool:
        """Indexes up to 500 messages. Returns whether there may be more. Once there are none, what the version before
        searched by goes."""
        more = await self._store.index_words(_BATCH) == _BATCH
        if not more:
            await self._store.drop_old_index()
        return more

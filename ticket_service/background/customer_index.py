"""Background work: customers that a version before has stored, or stores still during an upgrade, are given the keys by
which they are found. Several replicas may do so at once."""

from servicekit.background_work.rounds import repeat
from ticket_service.ports.customer_data.search import CustomerSearchStore

_BATCH = 500
_SECONDS = 60.0


class CustomerIndex:
    """Looks for such customers until cancelled."""

    def __init__(self, store: CustomerSearchStore) -> None:
        self._store = store

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.index_older, _SECONDS, "search keys of older customers")

    async def index_older(self) -> bool:
        """Indexes up to 500 customers. Returns whether there may be more."""
        return await self._store.index_customers(_BATCH) == _BATCH

"""Background work: what CLOSED tickets hold is erased after their workspace's retention time. Replicas need no lease:
which tickets are to be erased is decided in a transaction, and then they are erasures."""

from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.background.eraser import Eraser
from ticket_service.domain.workspace import Workspace
from ticket_service.ports.erasures import ErasureStore
from ticket_service.ports.workspaces import WorkspaceStore

_BATCH = 100


class Retention:
    """Begins erasures until cancelled."""

    def __init__(
        self, store: ErasureStore, workspaces: WorkspaceStore, eraser: Eraser, clock: Clock, poll_seconds: float
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._eraser = eraser
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.expire_due, self._poll_seconds, "looking for tickets whose retention time is over")

    async def expire_due(self) -> bool:
        """Begins the erasures of up to 100 tickets per workspace, and erases up to 100 texts without a ticket. Returns
        whether there may be more."""
        more = False

        async def seal(workspace: Workspace) -> None:
            nonlocal more
            now = self._clock()
            before = now - workspace.retain_for
            sealed = await self._store.seal_closed(workspace.workspace_id, before, now, _BATCH)
            if sealed:
                self._eraser.wake()
            more = more or sealed == _BATCH

        async def erase_texts(workspace: Workspace) -> None:
            nonlocal more
            before = self._clock() - workspace.retain_for
            more = await self._eraser.erase_expired_texts(workspace.workspace_id, before) or more

        workspaces = await self._workspaces.list_retaining()
        # Each by itself: what stops one does not stop the other.
        for job, what in ((seal, "retention of tickets"), (erase_texts, "retention of texts without a ticket")):
            await one_by_one(workspaces, job, what, lambda workspace: workspace.workspace_id)
        return more

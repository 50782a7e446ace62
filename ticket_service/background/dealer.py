"""Background work: tickets that wait for an available agent are dealt. Replicas need no lease: two transactions that
deal to the same agent conflict, and one begins again. Woken by new tickets of its own replica and by changes of agents
there; a look every few seconds finds the others, and agents who have finished a ticket."""

from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.background_work.wake_up import WakeUp
from servicekit.clock import Clock
from ticket_service.domain.work import dealing
from ticket_service.domain.work.dealing import WaitingWorkspace
from ticket_service.ports.work.dealing import DealingStore
from ticket_service.ports.workspaces import WorkspaceStore

_BATCH = 10
_WITHDRAWN = 500


class Dealer:
    """Deals until cancelled."""

    def __init__(self, store: DealingStore, workspaces: WorkspaceStore, clock: Clock, poll_seconds: float) -> None:
        self._store = store
        self._workspaces = workspaces
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._wake_up = WakeUp()

    def wake(self) -> None:
        """Deals now."""
        self._wake_up.wake()

    async def run(self) -> None:
        """Deals again and again."""
        await repeat(self.deal_waiting, self._poll_seconds, "dealing tickets", self._wake_up)

    async def deal_waiting(self) -> bool:
        """Deals up to 10 tickets of each workspace, and lets up to 500 wait no more whose channels do not share them
        any more. A workspace where that fails stops no other. Returns whether there may be more to do."""
        more = False

        async def deal(workspace: WaitingWorkspace) -> None:
            nonlocal more
            settings = await self._workspaces.get_workspace(workspace.organization_id, workspace.workspace_id)
            limit = settings.max_open_tickets
            count = await self._store.deal(
                workspace, lambda tickets, loads: dealing.deal(tickets, loads, limit, self._clock()), _BATCH
            )
            withdrawn = await self._store.withdraw(workspace, _WITHDRAWN)
            more = more or count == _BATCH or withdrawn == _WITHDRAWN

        waiting = await self._store.waiting_workspaces()
        await one_by_one(waiting, deal, "dealing tickets", lambda workspace: workspace.workspace_id)
        return more

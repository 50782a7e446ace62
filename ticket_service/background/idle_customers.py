"""Background work: customers of whom nothing is kept but themselves are forgotten after their workspace's retention
time: who came from a list and never texted, above all. Replicas need no lease: who is forgotten is decided in a
transaction, by what stands there then."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.background.eraser import Eraser
from ticket_service.domain import forgetting
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import RETENTION, Forgetting
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.workspace import Workspace
from ticket_service.ports.customer_data.idle import IdleCustomerStore, Position
from ticket_service.ports.workspaces import WorkspaceStore

# Of so many customers one step asks whether they have anything.
_PAGE = 500
# How long a pause is, in times of what asking took: going through many who are not idle leaves the machine to texts.
_PAUSES = 3.0
# All customers who are unchanged for the retention time are gone through, also those who have tickets: hence not every
# minute.
_EVERY = timedelta(hours=1)
# A round that the database broke off begins again before that.
_LOOK = timedelta(minutes=1)


class IdleCustomers:
    """Goes through customers until cancelled."""

    def __init__(self, store: IdleCustomerStore, workspaces: WorkspaceStore, eraser: Eraser, clock: Clock) -> None:
        self._store = store
        self._workspaces = workspaces
        self._eraser = eraser
        self._clock = clock
        self._next_round = 0.0

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self._look, _LOOK.total_seconds(), "looking for customers of whom nothing else is kept")

    async def _look(self) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_round:
            await self.forget_due()
            self._next_round = loop.time() + _EVERY.total_seconds()
        return False

    async def forget_due(self) -> None:
        """Goes through the customers of all workspaces with a retention time, once."""
        workspaces = await self._workspaces.list_retaining()
        await one_by_one(workspaces, self._go_through, "idle customers", lambda workspace: workspace.workspace_id)

    async def _go_through(self, workspace: Workspace) -> None:
        before = self._clock() - workspace.retain_for

        async def forget(customer_id: str) -> None:
            await self._store.forget_idle(customer_id, self._clock(), self._forget)

        after: Position | None = None
        while True:
            began = time.monotonic()
            idle, after = await self._store.idle_customers(workspace.workspace_id, before, after, _PAGE)
            took = time.monotonic() - began
            if await one_by_one(idle, forget, "forgetting a customer of whom nothing is kept", str):
                self._eraser.wake()
            if after is None:
                return
            await asyncio.sleep(_PAUSES * took)

    def _forget(self, customer: Customer, unclosed: Sequence[Ticket]) -> Forgetting:
        return forgetting.forget(customer, unclosed, RETENTION, self._clock())

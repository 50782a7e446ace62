"""Background work: RESOLVED tickets become CLOSED after their workspace's time. Replicas need no lease: whether a
ticket is still to be closed is decided in the transaction that closes it."""

from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.workspace import Workspace
from ticket_service.ports.tickets import TicketStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.tickets import Tickets

_BATCH = 100
_ACTOR = Actor(ActorKind.SERVICE, "auto_close")


class AutoClose:
    """Closes tickets until cancelled."""

    def __init__(
        self, store: TicketStore, workspaces: WorkspaceStore, tickets: Tickets, clock: Clock, poll_seconds: float
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._tickets = tickets
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.close_due, self._poll_seconds, "auto-close")

    async def close_due(self) -> bool:
        """Closes up to 100 tickets per workspace; one that cannot be closed stops no other. Returns whether there may
        be more."""
        more = False

        async def close(workspace: Workspace) -> None:
            nonlocal more
            before = self._clock() - workspace.auto_close_after
            due = await self._store.list_resolved(workspace.workspace_id, before, _BATCH)
            closed = await one_by_one(
                due,
                lambda ticket: self._tickets.close_if_still_resolved(ticket, before, _ACTOR),
                "auto-close of a ticket",
                lambda ticket: ticket.ticket_id,
            )
            more = more or (closed > 0 and len(due) == _BATCH)

        workspaces = await self._workspaces.list_auto_closing()
        await one_by_one(workspaces, close, "auto-close", lambda workspace: workspace.workspace_id)
        return more

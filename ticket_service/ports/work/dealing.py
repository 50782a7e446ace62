"""What is asked of tickets that wait for an available agent."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ticket_service.domain.ticket import Ticket, TicketChange
from ticket_service.domain.work.dealing import Load, WaitingWorkspace

# Which of the tickets, oldest first, go to whom.
DecideDealing = Callable[[Sequence[Ticket], Sequence[Load]], Sequence[TicketChange]]


class DealingStore(Protocol):
    """Tickets that are to be dealt."""

    async def waiting_workspaces(self) -> list[WaitingWorkspace]:
        """Those that have such tickets, of all organizations."""
        ...

    async def withdraw(self, workspace: WaitingWorkspace, limit: int) -> int:
        """At most `limit` of the workspace's tickets wait no more: their channel does not share them any more, is
        removed, or is in another workspace. How many."""
        ...

    async def deal(self, workspace: WaitingWorkspace, decide: DecideDealing, limit: int) -> int:
        """Gives at most `limit` of the workspace's tickets to its available agents, as `decide` says; how many. Of a
        channel that does not share them any more, none is given.

        All in one transaction, which conflicts with any other one that deals to one of these agents, or changes one of
        them: so what was decided by is still so when it is written. `decide` may be asked several times.
        """
        ...

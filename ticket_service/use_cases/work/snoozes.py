"""Use cases: put tickets aside, and wake them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from servicekit.clock import Clock
from ticket_service import errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket import Ticket, TicketChange
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.domain.work import snooze
from ticket_service.domain.work.snooze import UNTIL_NEXT_TEXT, DueSnooze
from ticket_service.ports.tickets import TicketStore

_LONGEST = timedelta(days=3653)


class Snoozes:
    """Tickets of all workspaces that are put aside."""

    def __init__(self, store: TicketStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def snooze(self, workspace_id: str, ticket_id: str, until: datetime | None, actor: Actor) -> Ticket:
        """`until` None: until the customer's next text alone. Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_INVALID."""
        wanted = self.require_time(until)
        return await self._change(workspace_id, ticket_id, lambda t, now: snooze.snooze(t, wanted, actor, now))

    def require_time(self, until: datetime | None) -> datetime:
        """Until when a ticket is put aside, as it is kept. Raises FIELD_INVALID."""
        if until is None or until == UNTIL_NEXT_TEXT:
            return UNTIL_NEXT_TEXT
        now = self._clock()
        if not now < until <= now + _LONGEST:
            raise errors.invalid("snooze_until", "must be in the future, and at most ten years ahead")
        # As the database keeps it: the same time again is the same.
        return until.replace(microsecond=until.microsecond // 1000 * 1000)

    async def unsnooze(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED."""
        return await self._change(workspace_id, ticket_id, lambda t, now: snooze.unsnooze(t, actor, now))

    async def wake_if_due(self, due: DueSnooze, actor: Actor) -> Ticket:
        """Wakes a ticket whose time has come, unless somebody else has, or has put it aside again."""
        return await self._change(
            due.workspace_id, due.ticket_id, lambda ticket, now: snooze.wake_if_due(ticket, actor, now)
        )

    async def _change(
        self, workspace_id: str, ticket_id: str, decide: Callable[[Ticket, datetime], TicketChange]
    ) -> Ticket:
        def write(context: TicketContext) -> TicketWrite:
            change = decide(context.ticket, self._clock())
            return TicketWrite(change.ticket, change.entries)

        return (await self._store.change_ticket(workspace_id, ticket_id, write)).ticket

"""Use cases: read and change tickets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from ticket_service import customer_errors, errors
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket import (
    Assignee,
    Ticket,
    TicketChange,
    TicketState,
)
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.domain.work.dealing import taken_back
from ticket_service.domain.work.tags import respelled
from ticket_service.domain.work.taking_back import take_back, unassign
from ticket_service.ports.tickets import TicketStore
from ticket_service.ports.work.tags import TagStore
from ticket_service.use_cases.checks import (
    require_assignee,
    require_edit,
)
from ticket_service.use_cases.outgoing.scheduled_messages import closed, needs_of_closing
from ticket_service.use_cases.staff.known_agents import KnownAgents
from ticket_service.use_cases.work.tags import known_spellings

# What a ticket may become that is reopened.
_REOPENED = (TicketState.OPEN, TicketState.PENDING)


class Tickets:
    """Tickets of all workspaces."""

    def __init__(self, store: TicketStore, tags: TagStore, agents: KnownAgents, clock: Clock) -> None:
        self._store = store
        self._tags = tags
        self._agents = agents
        self._clock = clock

    async def get(self, workspace_id: str, ticket_id: str) -> Ticket:
        """Raises TICKET_NOT_FOUND."""
        return await self._store.get_ticket(workspace_id, ticket_id)

    async def update(self, workspace_id: str, ticket_id: str, changes: TicketEdit, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_REQUIRED, FIELD_INVALID."""
        require_edit(changes)
        if changes.tags:
            changes = replace(changes, tags=await known_spellings(self._tags, workspace_id, changes.tags))
        return await self._change(
            workspace_id, ticket_id, lambda c, now: ticket_changes.edit(c.ticket, _spelled(changes, c), actor, now)
        )

    async def assign(
        self, workspace_id: str, ticket_id: str, assignee: Assignee, actor: Actor, as_before: bool = False
    ) -> Ticket:
        """With `as_before`, `unassign` says what it becomes. Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_REQUIRED,
        FIELD_INVALID, and as KnownAgents.require_assignable does."""
        require_assignee(assignee)
        await self._agents.require_assignable(assignee, workspace_id)

        def assigned(context: TicketContext, now: datetime) -> TicketChange:
            if as_before:
                return _where_shared(context, unassign(context.ticket, assignee, actor, now))
            return ticket_changes.assign(context.ticket, assignee, actor, now)

        needs = Needs.CHANNEL if as_before else Needs.NOTHING_MORE
        return await self._change(workspace_id, ticket_id, assigned, _ai_turn, needs)

    async def resolve(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED."""
        return await self._change(workspace_id, ticket_id, lambda c, now: ticket_changes.resolve(c.ticket, actor, now))

    async def reopen(
        self,
        workspace_id: str,
        ticket_id: str,
        actor: Actor,
        state: TicketState = TicketState.OPEN,
        as_before: bool = False,
    ) -> Ticket:
        """It becomes OPEN, or PENDING; `as_before`: what it was before it was resolved. Raises TICKET_NOT_FOUND,
        TICKET_CLOSED, THREAD_HAS_LIVE_TICKET, CUSTOMER_BLOCKED and, for another state, FIELD_INVALID."""
        if state not in _REOPENED:
            raise errors.invalid("state", "is OPEN or PENDING")
        reopen = ticket_changes.reopen if state is TicketState.OPEN else ticket_changes.unresolve

        def reopened(context: TicketContext, now: datetime) -> TicketChange:
            known, live = context.ticket, context.live_ticket_id
            change = take_back(known, live, state, actor, now) if as_before else reopen(known, live, actor, now)
            # Nobody may answer on it, so nobody has work with it.
            if change.entries and context.customer.blocked_time is not None:
                raise customer_errors.customer_blocked(context.customer.customer_id)
            return _where_shared(context, change)

        needs = Needs.LIVE_TICKET | Needs.CUSTOMER | Needs.CHANNEL
        return await self._change(workspace_id, ticket_id, reopened, _ai_turn, needs)

    async def close(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND."""
        return await self._close(workspace_id, ticket_id, actor, lambda _: True)

    async def close_if_still_resolved(self, resolved: Ticket, before: datetime, actor: Actor) -> Ticket:
        """Closes a ticket that has been RESOLVED since before that time, unless somebody reopened it meanwhile, or a
        reply on it waits for its time."""

        def is_due(known: Ticket) -> bool:
            since = known.resolve_time
            is_resolved = known.state is TicketState.RESOLVED and since is not None and since < before
            return is_resolved and not known.scheduled_count

        return await self._close(resolved.workspace_id, resolved.ticket_id, actor, is_due)

    async def _close(self, workspace_id: str, ticket_id: str, actor: Actor, is_due: Callable[[Ticket], bool]) -> Ticket:
        def decide(context: TicketContext) -> TicketWrite:
            return closed(context, actor, self._clock()) if is_due(context.ticket) else TicketWrite(context.ticket)

        return (await self._store.change_ticket(workspace_id, ticket_id, decide, needs_of_closing)).ticket

    async def _change(
        self,
        workspace_id: str,
        ticket_id: str,
        decide: Callable[[TicketContext, datetime], TicketChange],
        ai_turn: Callable[[Ticket, datetime], TurnStart | None] = lambda _, __: None,
        needs: Needs = Needs.NOTHING_MORE,
    ) -> Ticket:
        def write(context: TicketContext) -> TicketWrite:
            now = self._clock()
            change = decide(context, now)
            return TicketWrite(change.ticket, change.entries, ai_turn=ai_turn(change.ticket, now))

        return (await self._store.change_ticket(workspace_id, ticket_id, write, needs)).ticket


def _where_shared(context: TicketContext, change: TicketChange) -> TicketChange:
    return replace(change, ticket=taken_back(context.ticket, change.ticket, context.channel))


def _spelled(changes: TicketEdit, context: TicketContext) -> TicketEdit:
    """Tags that the ticket has keep their spellings."""
    return changes if changes.tags is None else replace(changes, tags=respelled(changes.tags, context.ticket.tags))


def _ai_turn(known: Ticket, now: datetime) -> TurnStart | None:
    """A ticket that comes to the AI is looked at once: the customer has waited already."""
    return TurnStart(now, now) if known.waits_for_ai else None

"""Use cases: read and change tickets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.paging import Page, Position, decode, encode, id_at, page, page_size
from ticket_service import errors
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import Actor
from ticket_service.domain.search.words import beginnings_of
from ticket_service.domain.ticket import (
    Assignee,
    Ticket,
    TicketChange,
    TicketFilter,
    TicketState,
)
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.search import SearchStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.checks import (
    normalized_address,
    require_assignee,
    require_edit,
)
from ticket_service.use_cases.outgoing.scheduled_messages import closed, needs_of_closing
from ticket_service.use_cases.staff.known_agents import KnownAgents

_MAX_SEARCH_CHARACTERS = 1000


class Tickets:
    """Tickets of all workspaces."""

    def __init__(
        self,
        store: TicketStore,
        search: SearchStore,
        customers: CustomerStore,
        agents: KnownAgents,
        clock: Clock,
        region: str,
    ) -> None:
        """`region` is what phone numbers typed without a country code are taken for."""
        self._store = store
        self._search = search
        self._customers = customers
        self._agents = agents
        self._clock = clock
        self._region = region

    async def get(self, workspace_id: str, ticket_id: str) -> Ticket:
        """Raises TICKET_NOT_FOUND."""
        return await self._store.get_ticket(workspace_id, ticket_id)

    async def list_tickets(self, wanted: TicketFilter, customer: str, asked: Page) -> tuple[list[Ticket], str]:
        """A page of tickets and the next page's token. `customer` is an id or an address as people type it. A page of a
        search may have fewer tickets than asked for, or none, and still not be the last."""
        if len(wanted.text) > _MAX_SEARCH_CHARACTERS:
            raise errors.invalid("text", f"is longer than {_MAX_SEARCH_CHARACTERS} characters")
        beginnings = _beginnings(wanted.text)
        whole = replace(wanted, customer_address=await self._customer_address(wanted.workspace_id, customer))
        if beginnings:
            return await self._search_tickets(whole, beginnings, asked)

        async def read(position: Position, limit: int) -> list[Ticket]:
            return await self._store.list_tickets(replace(whole, before=id_at(position)), limit)

        return await page(asked, [whole], read, lambda ticket: [ticket.ticket_id])

    async def _search_tickets(
        self, wanted: TicketFilter, beginnings: Sequence[str], asked: Page
    ) -> tuple[list[Ticket], str]:
        before = id_at(decode(asked.token, [wanted]))
        found = await self._search.search_tickets(replace(wanted, before=before), beginnings, page_size(asked.size))
        return list(found.tickets), encode([found.before], [wanted]) if found.before else ""

    async def _customer_address(self, workspace_id: str, customer: str) -> str:
        if not customer.startswith("cus_"):
            return normalized_address(customer, self._region, "customer") if customer else ""
        return (await self._customers.get_customer(workspace_id, customer)).address

    async def update(self, workspace_id: str, ticket_id: str, changes: TicketEdit, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_REQUIRED, FIELD_INVALID."""
        require_edit(changes)
        return await self._change(
            workspace_id, ticket_id, lambda c, now: ticket_changes.edit(c.ticket, changes, actor, now)
        )

    async def assign(self, workspace_id: str, ticket_id: str, assignee: Assignee, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_REQUIRED, FIELD_INVALID, and as KnownAgents.require_assignable
        does."""
        require_assignee(assignee)
        await self._agents.require_assignable(assignee, workspace_id)
        return await self._change(
            workspace_id, ticket_id, lambda c, now: ticket_changes.assign(c.ticket, assignee, actor, now), _ai_turn
        )

    async def resolve(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED."""
        return await self._change(workspace_id, ticket_id, lambda c, now: ticket_changes.resolve(c.ticket, actor, now))

    async def reopen(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, THREAD_HAS_LIVE_TICKET."""
        return await self._change(
            workspace_id,
            ticket_id,
            lambda c, now: ticket_changes.reopen(c.ticket, c.live_ticket_id, actor, now),
            _ai_turn,
            Needs.LIVE_TICKET,
        )

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


def _ai_turn(known: Ticket, now: datetime) -> TurnStart | None:
    """A ticket that comes to the AI is looked at once: the customer has waited already."""
    return TurnStart(now, now) if known.waits_for_ai else None


def _beginnings(text: str) -> list[str]:
    """What a search is for; nothing when it is empty. Raises FIELD_INVALID for a text in which there is no word."""
    beginnings = beginnings_of(text)
    if text.strip() and not beginnings:
        raise errors.invalid("text", "has no word to look for: a word has letters or digits")
    return beginnings

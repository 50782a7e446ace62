"""Use cases: list and count tickets, search them, and keep who has read what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.paging import Page, decode, encode, id_at, is_text, is_time, page_size
from ticket_service import errors
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.inbox.ticket_list import MAX_COUNT, ListPosition, TicketCount, TicketFilter, TicketOrder
from ticket_service.domain.message import Message
from ticket_service.domain.search.wanted import Wanted, in_all, in_messages, is_ticket_number_alone, ticket_number
from ticket_service.domain.ticket import Ticket
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.inbox import InboxStore
from ticket_service.ports.search import SearchStore
from ticket_service.ports.work.tags import TagStore
from ticket_service.use_cases.checks import normalized_address, require_list
from ticket_service.use_cases.work.tags import known_spellings

_MAX_VIEWS = 20
# Every ticket's id is smaller.
_NEWEST = "~"


class Inbox:
    """Lists of all workspaces."""

    def __init__(
        self,
        store: InboxStore,
        search: SearchStore,
        customers: CustomerStore,
        tags: TagStore,
        clock: Clock,
        region: str,
    ) -> None:
        """`region` is what phone numbers typed without a country code are taken for."""
        self._store = store
        self._search = search
        self._customers = customers
        self._tags = tags
        self._clock = clock
        self._region = region

    async def list_tickets(
        self, wanted: TicketFilter, order: TicketOrder | None, customer: str, asked: Page
    ) -> tuple[list[Ticket], str]:
        """A page of tickets and the next page's token. `customer` is an id or an address as people type it; no `order`
        is that of creation. A page may have fewer tickets than asked for, or none, and still not be the last. Raises
        FIELD_INVALID, PAGE_TOKEN_INVALID, PHONE_NUMBER_INVALID, CUSTOMER_NOT_FOUND."""
        require_list(wanted)
        whole = await self._whole(wanted, customer)
        if _is_search(wanted):
            if order not in (None, TicketOrder.CREATION):
                raise errors.invalid("order_by", "can only be that of creation in a search")
            return await self._found(whole, asked.token, page_size(asked.size))
        return await self._page(whole, order or TicketOrder.CREATION, asked)

    async def found_messages(self, wanted: TicketFilter, tickets: Sequence[Ticket]) -> list[Message]:
        """Of each of these tickets, which a list of what is `wanted` has, the newest text or note with all words of
        its `text`. None when that looks for no text."""
        asked = in_messages(wanted.text)
        if not asked.units or not tickets:
            return []
        return await self._search.newest_having([ticket.ticket_id for ticket in tickets], asked)

    async def count_tickets(self, lists: Sequence[tuple[TicketFilter, str]]) -> list[TicketCount]:
        """How many tickets each has, given as filter and customer. Raises as `list_tickets` does."""
        if len(lists) > _MAX_VIEWS:
            raise errors.invalid("views", f"may have at most {_MAX_VIEWS} entries")
        for wanted, _ in lists:
            require_list(wanted)
        whole = [await self._whole(wanted, customer) for wanted, customer in lists]
        plain = [wanted for wanted in whole if not _is_search(wanted)]
        counts = iter(await self._store.count_tickets(plain, self._clock()))
        return [await self._count_found(wanted) if _is_search(wanted) else next(counts) for wanted in whole]

    async def _count_found(self, wanted: TicketFilter) -> TicketCount:
        """Of a search as many as one page of it may have."""
        found, token = await self._found(wanted, "", MAX_COUNT)
        return TicketCount(len(found), at_least=bool(token))

    async def mark_read(self, workspace_id: str, ticket_id: str, message_id: str, actor: Actor) -> Ticket:
        """The ticket, read by the acting agent up to that message; empty: the last one. Raises NO_AGENT_ACTS,
        TICKET_NOT_FOUND, MESSAGE_NOT_FOUND."""
        return await self._store.mark_read(workspace_id, ticket_id, acting_agent(actor), message_id)

    async def mark_unread(self, workspace_id: str, ticket_id: str, actor: Actor) -> Ticket:
        """The ticket, to be read again by the acting agent. Raises NO_AGENT_ACTS, TICKET_NOT_FOUND."""
        return await self._store.mark_unread(workspace_id, ticket_id, acting_agent(actor))

    async def _page(self, wanted: TicketFilter, order: TicketOrder, asked: Page) -> tuple[list[Ticket], str]:
        arguments = [wanted, order]
        after = _position(decode(asked.token, arguments, (_is_part, _is_key, is_text)))
        listed = await self._store.list_tickets(wanted, order, after, page_size(asked.size), self._clock())
        return list(listed.tickets), encode(_values(listed.rest), arguments) if listed.rest else ""

    async def _found(self, wanted: TicketFilter, token: str, size: int) -> tuple[list[Ticket], str]:
        """A page of a search; the ticket whose number is looked for comes before the others."""
        before = id_at(decode(token, [wanted]))
        number, first = 0 if wanted.text.strip() else ticket_number(wanted.query), list[Ticket]()
        if number and not before:
            first = list((await self._page(replace(wanted, query="", number=number), TicketOrder.CREATION, Page()))[0])
        if number and is_ticket_number_alone(wanted.query):
            return first, ""
        if len(first) == size:
            return first, encode([_NEWEST], [wanted])
        # One more than is missing, as the ticket with the number may be found again.
        found = await self._search.search_tickets(wanted, _wanted(wanted), before, size, self._clock())
        others = [ticket for ticket in found.tickets if not number or ticket.number != number]
        shown = others[: size - len(first)]
        end = shown[-1].ticket_id if len(shown) < len(others) else found.before
        return [*first, *shown], encode([end], [wanted]) if end else ""

    async def _whole(self, wanted: TicketFilter, customer: str) -> TicketFilter:
        wanted = replace(wanted, tags=await known_spellings(self._tags, wanted.workspace_id, wanted.tags))
        if not customer:
            return wanted
        if not customer.startswith("cus_"):
            return replace(wanted, customer_address=normalized_address(customer, self._region, "customer"))
        known = await self._customers.get_customer(wanted.workspace_id, customer)
        return replace(wanted, customer_address=known.address)


def acting_agent(actor: Actor) -> str:
    """The id of the agent who acts. Raises NO_AGENT_ACTS."""
    if actor.kind is not ActorKind.AGENT:
        raise errors.no_agent_acts()
    return actor.id


def _is_search(tickets: TicketFilter) -> bool:
    return bool(tickets.query.strip() or tickets.text.strip())


def _wanted(tickets: TicketFilter) -> Wanted:
    """What a search is for. Raises FIELD_INVALID for a text in which there is no word."""
    query, text = in_all(tickets.query), in_messages(tickets.text)
    for field, wanted in (("query", query), ("text", text)):
        if getattr(tickets, field).strip() and not wanted.units:
            raise errors.invalid(field, "has no word to look for: a word has letters or digits")
    return Wanted(query.units + text.units)


def _is_part(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _is_key(value: object) -> bool:
    return value == "" or is_time(value)


def _position(values: Sequence[str | int]) -> ListPosition | None:
    if not values:
        return None
    part, key, ticket_id = values
    return ListPosition(int(part), datetime.fromisoformat(str(key)) if key else None, str(ticket_id))


def _values(position: ListPosition) -> list[str | int]:
    return [position.part, position.key.isoformat() if position.key else "", position.ticket_id]

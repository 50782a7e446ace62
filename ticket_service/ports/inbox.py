"""What the inbox is made of: lists of tickets, counts, and who has read what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.inbox.ticket_list import Listed, ListPosition, TicketCount, TicketFilter, TicketOrder
from ticket_service.domain.ticket import Ticket


class InboxStore(Protocol):
    """Lists and counts tickets, for a bounded amount of work whatever is asked for, however many tickets there are."""

    async def list_tickets(
        self, tickets: TicketFilter, order: TicketOrder, after: ListPosition | None, limit: int, now: datetime
    ) -> Listed:
        """At most `limit` tickets that match the filter (but for words) behind `after`. A page may have fewer and still
        not be the last: then `rest` is set. A ticket that does not move is on exactly one page."""
        ...

    async def count_tickets(self, lists: Sequence[TicketFilter], now: datetime) -> list[TicketCount]:
        """How many tickets match each of the filters (but for words), in their order; at least so many where counting
        all of them would take long."""
        ...

    async def mark_read(self, workspace_id: str, ticket_id: str, agent_id: str, message_id: str) -> Ticket:
        """The ticket, once the agent has read it up to that message; empty: up to the last one. Never moves back, and
        may be said again. Raises TICKET_NOT_FOUND, MESSAGE_NOT_FOUND."""
        ...

    async def mark_unread(self, workspace_id: str, ticket_id: str, agent_id: str) -> Ticket:
        """The ticket, as if the agent had never read it. May be said again. Raises TICKET_NOT_FOUND."""
        ...

    async def fill_in(self, limit: int) -> int:
        """Gives up to `limit` tickets what lists need, which a version before has stored without; how many it was."""
        ...

    async def correct(self, limit: int) -> int:
        """The same for tickets that have it, and that a replica of such a version has changed since."""
        ...

    async def drop_old_indexes(self) -> None:
        """Drops the indexes that a version before has used, and this one does not, if they are still there. Only when
        no replica of that version runs any more: it names them, and fails without them."""
        ...

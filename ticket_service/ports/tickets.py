"""What is asked of the tickets."""

from datetime import datetime
from typing import Protocol

from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Decide, Needs, NeedsOf, TicketWrite


class TicketStore(Protocol):
    """Reads and changes tickets."""

    async def get_ticket(self, workspace_id: str, ticket_id: str) -> Ticket:
        """Raises NotFound TICKET_NOT_FOUND."""
        ...

    async def change_ticket(
        self,
        workspace_id: str,
        ticket_id: str,
        decide: Decide,
        needs: Needs | NeedsOf = Needs.NOTHING_MORE,
        request_id: str = "",
        seen_message_id: str = "",
    ) -> TicketWrite:
        """Writes what `decide` says of the ticket, in one transaction, and returns it as written.

        `decide` may be asked several times, and what it raises is raised. The context has what it `needs`, and, with a
        `request_id` that a message of the workspace has already, that message; with a `seen_message_id`, that message
        of the ticket, if there is one, and what came behind it. Raises NotFound TICKET_NOT_FOUND.
        """
        ...

    async def change_message(
        self,
        workspace_id: str,
        message_id: str,
        decide: Decide,
        needs: Needs = Needs.NOTHING_MORE,
        seen_message_id: str = "",
    ) -> TicketWrite:
        """Like change_ticket, for a message that has a ticket; the context has the message, and the one that repeats
        it. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def list_resolved(self, workspace_id: str, before: datetime, limit: int) -> list[Ticket]:
        """RESOLVED tickets that were resolved before that time, oldest first; none on which a reply waits for its
        time."""
        ...

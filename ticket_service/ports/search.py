"""Tickets by the words of their messages, and by their customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.inbox.ticket_list import TicketFilter
from ticket_service.domain.message import Message
from ticket_service.domain.search.found import Found
from ticket_service.domain.search.wanted import Wanted


class SearchStore(Protocol):
    """Searches, and makes older messages ready to be found."""

    async def search_tickets(
        self, tickets: TicketFilter, wanted: Wanted, before: str, limit: int, now: datetime
    ) -> Found:
        """At most `limit` tickets that match the filter and what is wanted, which has at least one unit; newest
        first, with smaller ids than `before` unless that is empty. Looks through so many tickets at most, so that a
        page may have fewer than `limit`, or none, and still not be the last."""
        ...

    async def newest_having(self, ticket_ids: Sequence[str], wanted: Wanted) -> list[Message]:
        """Of each of these tickets the newest text or note that has all that is wanted, which are words of messages
        alone; in the order of the tickets' ids. None of a ticket without one."""
        ...

    async def index_words(self, limit: int) -> int:
        """Stores the words of up to `limit` messages that a version before has stored without; how many it was."""
        ...

    async def drop_old_index(self) -> None:
        """Drops the index by which a version before has searched, if it is still there."""
        ...

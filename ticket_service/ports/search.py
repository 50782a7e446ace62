"""Tickets by the words of their messages."""

from collections.abc import Sequence
from typing import Protocol

from ticket_service.domain.search.found import Found
from ticket_service.domain.ticket import TicketFilter


class SearchStore(Protocol):
    """Searches, and makes older messages ready to be found."""

    async def search_tickets(self, tickets: TicketFilter, beginnings: Sequence[str], limit: int) -> Found:
        """At most `limit` tickets that match the filter and have one message in which, for each of `beginnings` (at
        least one, of domain/search/words.py), a word begins so. Looks through so many tickets at most, so that a page
        may have fewer than `limit`, or none, and still not be the last."""
        ...

    async def index_words(self, limit: int) -> int:
        """Stores the words of up to `limit` messages that a version before has stored without; how many it was."""
        ...

    async def drop_old_index(self) -> None:
        """Drops the index by which a version before has searched, if it is still there."""
        ...

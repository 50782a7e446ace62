"""What is asked of the store by those who follow what happens."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ticket_service.domain.audit import AuditRecord
from ticket_service.domain.events.event import EventFilter, Passage
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket


class EventStore(Protocol):
    """Reads audit records in the order in which they were committed, which is that of their sequence within a chain."""

    def following(self) -> AbstractAsyncContextManager[None]:
        """Within it, what happens is followed; all who are within it at the same time share that."""
        ...

    async def now(self) -> Passage:
        """Nothing, up to now."""
        ...

    async def read(self, place: str, limit: int, patience: float) -> Passage:
        """At most about `limit` records that were committed after `place`, of all organizations. If there are none yet,
        it waits for one, `patience` seconds at most. Raises PlaceUnknown."""
        ...

    async def read_stored(self, wanted: EventFilter, after: str, limit: int) -> list[AuditRecord]:
        """At most `limit` records, of all types, with an id above `after`, in the order of ids. Of what was committed
        before this is asked nothing is missing."""
        ...

    async def find_places(self, wanted: EventFilter, places: Collection[tuple[str, int]]) -> list[AuditRecord]:
        """The records at these places (ticket id, sequence), of all types."""
        ...

    async def last_place(self, organization_id: str) -> int:
        """The sequence of the newest record of the organization that belongs to no ticket; 0 when there is none."""
        ...

    async def tickets_and_messages(
        self, records: Sequence[AuditRecord], tickets: bool, messages: bool
    ) -> tuple[dict[str, Ticket], dict[str, Message]]:
        """The tickets of these records, and the messages that they are about, as they are now, by id; none of those
        that are not asked for."""
        ...

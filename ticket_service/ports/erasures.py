"""What erasing needs of the database."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import DecideForgetting, Erasure
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket, TicketChange


class ErasureStore(Protocol):
    """Erases content. What is to be erased is decided in a transaction, and is an erasure from then on until nothing is
    left; an erasure is one replica's by a lease."""

    async def forget(self, workspace_id: str, customer_id: str, decide: DecideForgetting) -> Customer:
        """Writes what `decide` says of the customer and the customer's tickets that are not CLOSED, in one transaction
        that begins the erasure of all that the customer has. Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

    async def seal_closed(self, workspace_id: str, closed_before: datetime, now: datetime, limit: int) -> int:
        """Begins the erasures of at most `limit` tickets that were CLOSED before that time; how many."""
        ...

    async def claim_erasure(self, now: datetime, lease_until: datetime) -> Erasure | None:
        """One that is due, the longest waiting first; nobody else gets it until `lease_until`. None: none is due."""
        ...

    async def keep_erasure(self, erasure: Erasure, due: datetime) -> bool:
        """The lease ends at `due`. False: it has gone to somebody else, or all is done."""
        ...

    async def seal_tickets(self, erasure: Erasure, now: datetime, limit: int, after: str = "") -> list[str]:
        """The ids of at most `limit` tickets of the erasure that hold something still, in order, behind `after`.
        Nothing is added to them from now on; subject and, of a forgotten customer, the address are erased, of tickets
        that were erased before, too."""
        ...

    async def unerased_messages(self, ticket_id: str, limit: int) -> list[Message]:
        """At most `limit` messages of the ticket that are not erased, in any order."""
        ...

    async def unerased_texts(self, customer_id: str, limit: int) -> list[Message]:
        """The same of a customer's texts without a ticket."""
        ...

    async def expired_texts(self, workspace_id: str, before: datetime, limit: int) -> list[Message]:
        """The same of all customers' texts without a ticket that were stored before that time, oldest first."""
        ...

    async def erase_messages(self, message_ids: Collection[str], now: datetime) -> None:
        """Erases text and media, save of replies that are still QUEUED."""
        ...

    async def finish_ticket(
        self, erasure: Erasure, ticket_id: str, decide: Callable[[Ticket, int], TicketChange], forget: DecideForgetting
    ) -> bool:
        """Writes what `decide` makes of the ticket and the number of its messages. False, and nothing is written, while
        one of them is not erased. An erasure of that ticket alone ends; when the customer has nothing else, `forget`
        decides as in `forget`, in the same transaction."""
        ...

    async def finish_customer(
        self, erasure: Erasure, decide: Callable[[Customer], tuple[Customer, AuditEntry]]
    ) -> bool:
        """Writes what `decide` makes of the customer, and ends the erasure. False, and nothing is written, while
        something is not erased."""
        ...

    async def erase_texts(
        self,
        customer_id: str,
        message_ids: Collection[str],
        decide: Callable[[str], AuditEntry],
        forget: DecideForgetting,
    ) -> None:
        """Erases texts of the customer that have no ticket, with an entry for each, and decides as `finish_ticket`."""
        ...

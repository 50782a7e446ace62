"""What is asked of the customers."""

from collections.abc import Callable
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer


class CustomerStore(Protocol):
    """Reads and changes customers."""

    async def get_customer(self, workspace_id: str, customer_id: str) -> Customer:
        """Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

    async def list_customers(self, workspace_id: str, address: str, before: str, limit: int) -> list[Customer]:
        """At most `limit`, newest first; `before` is the last customer id of the page before."""
        ...

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        """Like TicketStore.change_ticket, for a customer. Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

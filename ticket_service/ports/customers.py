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

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        """Like TicketStore.change_ticket, for a customer. Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

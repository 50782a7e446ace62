"""What blocking a customer needs of the database."""

from typing import Protocol

from ticket_service.domain.customer import Customer
from ticket_service.domain.customer_data.blocking import DecideBlocking


class BlockingStore(Protocol):
    """Changes a customer together with the customer's live tickets."""

    async def change_with_live_tickets(self, workspace_id: str, customer_id: str, decide: DecideBlocking) -> Customer:
        """Writes what `decide` says of the customer and of those tickets that hold their threads, in one transaction,
        ends the AI's turns on tickets that are RESOLVED by it, and begins those that it names. A text that is being
        stored meanwhile was there before, or is decided on by what this has written. `decide` may be asked several
        times. Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

"""Use cases: block and unblock customers."""

from collections.abc import Sequence

from servicekit.clock import Clock
from ticket_service import errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.customer import Customer
from ticket_service.domain.customer_data import blocking as domain
from ticket_service.ports.customer_data.blocking import BlockingStore
from ticket_service.use_cases.checks import require_short_reason


class Blocking:
    """Blocks customers of all workspaces."""

    def __init__(self, store: BlockingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def block(self, workspace_id: str, customer_id: str, reason: str, actor: Actor) -> Customer:
        """`reason` may be empty. Raises CUSTOMER_NOT_FOUND, CUSTOMER_FORGOTTEN, FIELD_INVALID."""
        require_short_reason(reason)

        def decide(customer: Customer, live: Sequence[domain.LiveTicket]) -> domain.Blocking:
            if customer.forget_time:
                raise errors.customer_forgotten(customer_id)
            return domain.block(customer, live, reason, actor, self._clock())

        return await self._store.change_with_live_tickets(workspace_id, customer_id, decide)

    async def unblock(self, workspace_id: str, customer_id: str, actor: Actor, as_before: bool = False) -> Customer:
        """`as_before`: tickets that the block has resolved are what they were. Raises CUSTOMER_NOT_FOUND,
        CUSTOMER_FORGOTTEN."""

        def decide(customer: Customer, live: Sequence[domain.LiveTicket]) -> domain.Blocking:
            if customer.forget_time:
                raise errors.customer_forgotten(customer_id)
            return domain.unblock(customer, live, actor, self._clock(), as_before)

        return await self._store.change_with_live_tickets(workspace_id, customer_id, decide)

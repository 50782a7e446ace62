"""Use case: read what customers texted that is on no ticket."""

from datetime import datetime

from servicekit.paging import Page, Position, is_text, is_time, page
from ticket_service.domain.message import Message
from ticket_service.ports.customer_data.texts import TextsWithoutTicketStore
from ticket_service.ports.customers import CustomerStore


class TextsWithoutTicket:
    """Such texts of the customers of all workspaces."""

    def __init__(self, store: TextsWithoutTicketStore, customers: CustomerStore) -> None:
        self._store = store
        self._customers = customers

    async def list_texts(self, workspace_id: str, customer_id: str, asked: Page) -> tuple[list[Message], str]:
        """A page, newest first, and the next page's token. Raises CUSTOMER_NOT_FOUND, PAGE_TOKEN_INVALID."""
        await self._customers.get_customer(workspace_id, customer_id)

        async def read(position: Position, limit: int) -> list[Message]:
            before = (datetime.fromisoformat(str(position[0])), str(position[1])) if position else None
            return await self._store.texts_without_ticket(workspace_id, customer_id, before, limit)

        return await page(
            asked,
            [workspace_id, customer_id, "texts without a ticket"],
            read,
            lambda last: [last.message_time.isoformat(), last.message_id],
            (is_time, is_text),
        )

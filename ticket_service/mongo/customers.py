"""CustomerStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database


class MongoCustomers:
    """See store.CustomerStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_customer(self, workspace_id: str, customer_id: str) -> Customer:
        """See store.CustomerStore."""
        return await self._get(workspace_id, customer_id, None)

    async def list_customers(self, workspace_id: str, address: str, before: str, limit: int) -> list[Customer]:
        """See store.CustomerStore."""
        query: documents.Document = {"workspace_id": workspace_id}
        if address:
            query["address"] = address
        if before:
            query["_id"] = {"$lt": before}
        found = await self._db.customers.find(query).sort("_id", -1).limit(limit).to_list(None)
        return [documents.to_customer(document) for document in found]

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        """See store.CustomerStore."""

        async def work(session: Any) -> Customer:
            customer, entries = decide(await self._get(workspace_id, customer_id, session))
            if entries:
                document = documents.from_customer(customer)
                await self._db.customers.replace_one({"_id": customer_id}, document, session=session)
                await self._db.write_entries(customer.organization_id, workspace_id, entries, session)
            return customer

        return await self._db.in_transaction(work)

    async def _get(self, workspace_id: str, customer_id: str, session: Any) -> Customer:
        query = {"_id": customer_id, "workspace_id": workspace_id}
        document = await self._db.customers.find_one(query, session=session)
        if document is None:
            raise errors.customer_not_found(customer_id)
        return documents.to_customer(document)

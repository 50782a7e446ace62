"""CustomerStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from ticket_service import errors
from ticket_service.domain.addresses.phone_forms import all_forms
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer, Location
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Document, Field, Mapper, nested, sparse

INDEXES = [
    IndexModel([("workspace_id", ASCENDING), ("address", ASCENDING)], name="one_customer_per_address", unique=True),
    IndexModel(
        [("workspace_id", ASCENDING), ("phone", ASCENDING)],
        name="one_customer_per_phone",
        unique=True,
        partialFilterExpression={"phone": {"$exists": True}},
    ),
    IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
]
_CUSTOMERS = Mapper(
    Customer,
    customer_id=KEY,
    location=nested(Mapper(Location)),
    edited=Field(sorted, frozenset),
    consent_time=sparse(None),
    forget_time=sparse(None),
    erase_time=sparse(None),
    phone=sparse(""),
)
customer_to_document, customer_from_document = _CUSTOMERS.to_document, _CUSTOMERS.from_document


class MongoCustomers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_customer(self, workspace_id: str, customer_id: str) -> Customer:
        return await self._get(workspace_id, customer_id, None)

    async def list_customers(self, workspace_id: str, address: str, before: str, limit: int) -> list[Customer]:
        query: Document = {"workspace_id": workspace_id}
        if address:
            query["address"] = {"$in": all_forms(address)}
        if before:
            query["_id"] = {"$lt": before}
        found = await self._db.customers.find(query).sort("_id", -1).limit(limit).to_list(None)
        return [customer_from_document(document) for document in found]

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        async def work(session: Any) -> Customer:
            customer, entries = decide(await self._get(workspace_id, customer_id, session))
            if entries:
                document = customer_to_document(customer)
                await self._db.customers.replace_one({"_id": customer_id}, document, session=session)
                await append_to_organization(self._db, customer.organization_id, workspace_id, entries, session)
            return customer

        return await self._db.in_transaction(work)

    async def _get(self, workspace_id: str, customer_id: str, session: Any) -> Customer:
        query = {"_id": customer_id, "workspace_id": workspace_id}
        document = await self._db.customers.find_one(query, session=session)
        if document is None:
            raise errors.customer_not_found(customer_id)
        return customer_from_document(document)

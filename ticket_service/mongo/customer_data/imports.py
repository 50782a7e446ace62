"""ImportStore on MongoDB."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pymongo import InsertOne, ReplaceOne, UpdateOne

from servicekit.mongo.readable import readable
from ticket_service.domain.addresses.phone_forms import all_forms, current_form
from ticket_service.domain.customer import Customer
from ticket_service.domain.customer_data.imports import DecideImport, Imported, Known, Unreadable
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.customers import customer_from_document, customer_to_document, renamed_tickets
from ticket_service.mongo.database import Database

_A_DAY = timedelta(days=1)


class MongoImports:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def import_customers(
        self, workspace_id: str, addresses: Sequence[str], decide: DecideImport, write: bool
    ) -> Sequence[Imported | None]:
        async def work(session: Any) -> Sequence[Imported | None]:
            known = await self._known(workspace_id, addresses, session)
            imported = decide(known)
            if write:
                await self._write(workspace_id, known, imported, session)
            return imported

        return await (self._db.in_transaction(work) if write else work(None))

    async def _known(self, workspace_id: str, addresses: Sequence[str], session: Any) -> list[Known]:
        forms = [form for address in addresses for form in all_forms(address)]
        query = {"workspace_id": workspace_id, "address": {"$in": forms}}
        found = self._db.customers.find(query, session=session).hint("one_customer_per_address")
        documents = await found.to_list(None)
        by_phone: dict[str, Known] = {current_form(document["address"]): Unreadable() for document in documents}
        customers = readable(documents, customer_from_document, "customer")
        by_phone |= {current_form(customer.address): customer for customer in customers}
        return [by_phone.get(current_form(address)) for address in addresses]

    async def _write(
        self, workspace_id: str, known: Sequence[Known], imported: Sequence[Imported | None], session: Any
    ) -> None:
        pairs = zip(known, imported, strict=True)
        decided = [(b, after) for b, after in pairs if not isinstance(b, Unreadable) and after is not None]
        await self._note_listed([after for _, after in decided], session)
        changes = [(before, after) for before, after in decided if after.entry is not None]
        if not changes:
            return
        # A customer who comes by a text at the same moment meets the index: this begins again, and knows them.
        writes = [_write(before, after.customer) for before, after in changes]
        await self._db.customers.bulk_write(writes, session=session)
        renamed = [
            rename
            for before, after in changes
            if before is not None and (rename := renamed_tickets(customer_to_document(before), after.customer))
        ]
        if renamed:
            await self._db.tickets.bulk_write(renamed, session=session)
        entries = [after.entry for _, after in changes if after.entry is not None]
        organization_id = changes[0][1].customer.organization_id
        await append_to_organization(self._db, organization_id, workspace_id, entries, session)

    async def _note_listed(self, imported: Sequence[Imported], session: Any) -> None:
        """Whom a list still has is not forgotten as somebody whom nobody has changed (MongoIdleCustomers). Once a day
        is enough."""
        listed = [(one.customer.customer_id, one.listed) for one in imported if one.listed is not None]
        writes = [
            UpdateOne(
                {"_id": customer_id, "$nor": [{"listed_time": {"$gte": time - _A_DAY}}]},
                {"$set": {"listed_time": time}},
            )
            for customer_id, time in listed
        ]
        if writes:
            await self._db.customers.bulk_write(writes, ordered=False, session=session)


def _write(before: Customer | None, after: Customer) -> Any:
    document = customer_to_document(after)
    return InsertOne(document) if before is None else ReplaceOne({"_id": after.customer_id}, document)

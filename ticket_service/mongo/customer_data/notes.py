"""CustomerNoteStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from servicekit.mongo.readable import first_readable
from ticket_service import customer_errors, errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer_data.notes import CustomerNote, WriteNote
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.customers import customer_from_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Document, Mapper

INDEXES = [
    IndexModel([("customer_id", ASCENDING), ("_id", DESCENDING)], name="newest_of_customer"),
    IndexModel(
        [("workspace_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_customer_note_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": {"$exists": True}},
    ),
]
_NOTES = Mapper(CustomerNote, customer_note_id=KEY, actor=ACTOR)


class MongoCustomerNotes:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add_note(self, workspace_id: str, customer_id: str, request_id: str, write: WriteNote) -> CustomerNote:
        mine = {"_id": customer_id, "workspace_id": workspace_id}

        async def work(session: Any) -> CustomerNote:
            document = await self._db.customers.find_one(mine, session=session)
            if document is None:
                raise errors.customer_not_found(customer_id)
            note, entry = write(customer_from_document(document))
            if request_id and (earlier := await self._earlier(note, request_id, session)) is not None:
                return earlier
            # Whoever forgets the customer at the same moment writes here, too: one of both begins again.
            touched = {"$set": {"last_note_time": note.create_time}}
            await self._db.customers.update_one(mine, touched, session=session)
            asked = {"request_id": request_id} if request_id else {}
            await self._db.customer_notes.insert_one({**_NOTES.to_document(note), **asked}, session=session)
            await append_to_organization(self._db, note.organization_id, workspace_id, [entry], session)
            return note

        return await self._db.in_transaction(work)

    async def _earlier(self, note: CustomerNote, request_id: str, session: Any) -> CustomerNote | None:
        query = {"workspace_id": note.workspace_id, "request_id": request_id}
        document = await self._db.customer_notes.find_one(query, session=session)
        if document is None:
            return None
        earlier = _NOTES.from_document(document)
        if (earlier.customer_id, earlier.text) != (note.customer_id, note.text):
            raise errors.request_id_reused(request_id)
        return earlier

    async def list_notes(self, workspace_id: str, customer_id: str, before: str, limit: int) -> list[CustomerNote]:
        query: Document = {"customer_id": customer_id, "workspace_id": workspace_id}
        if before:
            query["_id"] = {"$lt": before}
        found = self._db.customer_notes.find(query).sort("_id", DESCENDING).hint("newest_of_customer")
        return await first_readable(found, limit, _NOTES.from_document, "note")

    async def delete_note(
        self, workspace_id: str, customer_note_id: str, record: Callable[[CustomerNote], AuditEntry]
    ) -> None:
        async def work(session: Any) -> None:
            mine = {"_id": customer_note_id, "workspace_id": workspace_id}
            document = await self._db.customer_notes.find_one_and_delete(mine, session=session)
            if document is None:
                raise customer_errors.customer_note_not_found(customer_note_id)
            note = _NOTES.from_document(document)
            await append_to_organization(self._db, note.organization_id, workspace_id, [record(note)], session)

        await self._db.in_transaction(work)

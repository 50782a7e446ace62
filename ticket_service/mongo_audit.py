"""AuditStore on MongoDB."""

from collections.abc import Sequence
from typing import Any

from ticket_service import mongo_documents as documents
from ticket_service.audit import AuditRecord
from ticket_service.mongo_database import Database
from ticket_service.store import AuditFilter


class MongoAudit:
    """See store.AuditStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_records(self, records: AuditFilter, limit: int) -> list[AuditRecord]:
        """See store.AuditStore."""
        query: documents.Document = {"organization_id": records.organization_id}
        for name in ("workspace_id", "ticket_id", "action"):
            if value := getattr(records, name):
                query[name] = value
        if records.before:
            query["_id"] = {"$lt": records.before}
        found = await self._db.audit_records.find(query).sort("_id", -1).limit(limit).to_list(None)
        return [documents.to_record(document) for document in found]

    async def append_records(self, records: Sequence[AuditRecord]) -> None:
        """See store.AuditStore."""

        async def work(session: Any) -> None:
            ids = [record.audit_record_id for record in records]
            known = await self._db.audit_records.find({"_id": {"$in": ids}}, {"_id": 1}, session=session).to_list(None)
            there = {document["_id"] for document in known}
            new = {record.audit_record_id: record for record in records if record.audit_record_id not in there}
            await self._db.write_records(list(new.values()), session)

        await self._db.in_transaction(work)

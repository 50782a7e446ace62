"""What is to be counted, read behind what was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo.read_concern import ReadConcern

from servicekit.audit.chain import ANCHORED
from servicekit.mongo.readable import readable
from ticket_service.domain.audit import NO_TICKET, Actor, AuditRecord
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import DeliveryState
from ticket_service.domain.reports.ticket_row import TicketRow
from ticket_service.mongo.audit_documents import ACTOR, record_from_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.reports.documents import row_from_document

Read = TypeVar("Read")
# An anchor names up to a hundred tickets.
_MOST_RECORDS = 200
MOST_TICKETS = 100


class Reading:
    """Reads what a failover cannot take back any more: it would stay counted."""

    def __init__(self, database: Database) -> None:
        majority = ReadConcern("majority")
        self._records = database.audit_records.with_options(read_concern=majority)
        self._tickets = database.tickets.with_options(read_concern=majority)
        self._messages = database.messages.with_options(read_concern=majority)
        self._rows = database.report_tickets.with_options(read_concern=majority)

    async def of_organization(self, organization_id: str, after: int) -> tuple[list[AuditRecord], int]:
        """The next records of the organization's own chain, no more than name some hundred tickets, and the place of
        the last of them."""
        query = {"organization_id": organization_id, "ticket_id": NO_TICKET, "sequence": {"$gt": after}}
        found = await self._records.find(query).sort("sequence", 1).limit(_MOST_RECORDS).to_list(None)
        records: list[AuditRecord] = []
        named: set[str] = set()
        for document in found:
            record = _read(record_from_document, document)
            named |= set(tickets_named([record] if record else []))
            if records and len(named) > MOST_TICKETS:
                break
            after = int(document["sequence"])
            records += [record] if record else []
        return records, after

    async def ticket_ids(self, after: str) -> list[str]:
        """The next tickets of all organizations, in the order of their ids."""
        query = {"_id": {"$gt": after}}
        found = await self._tickets.find(query, {"_id": 1}).sort("_id", 1).limit(MOST_TICKETS).to_list(None)
        return [str(ticket["_id"]) for ticket in found]

    async def of_tickets(self, ticket_ids: Sequence[str]) -> list[tuple[TicketRow, list[AuditRecord]]]:
        """The tickets' records that are not counted yet, with what is of each; without those that have none."""
        if not ticket_ids:
            return []
        rows = await self._rows_of(ticket_ids)
        clauses = [
            {"organization_id": row.organization_id, "ticket_id": row.ticket_id, "sequence": {"$gt": row.sequence}}
            for row in rows.values()
        ]
        if not clauses:
            return []
        found = await self._records.find({"$or": clauses}).sort([("ticket_id", 1), ("sequence", 1)]).to_list(None)
        records: dict[str, list[AuditRecord]] = {}
        for document in found:
            record = _read(record_from_document, document)
            if record is not None:
                records.setdefault(record.ticket_id, []).append(record)
        return [(row, records[ticket_id]) for ticket_id, row in rows.items() if ticket_id in records]

    async def _rows_of(self, ticket_ids: Sequence[str]) -> dict[str, TicketRow]:
        known = await self._rows.find({"_id": {"$in": list(ticket_ids)}}).to_list(None)
        read = ((str(document["_id"]), _read(row_from_document, document)) for document in known)
        rows = {ticket_id: row for ticket_id, row in read if row is not None}
        new = list(set(ticket_ids) - {str(document["_id"]) for document in known})
        fields = dict.fromkeys(("organization_id", "workspace_id", "channel_id", "create_time"), 1)
        tickets = await self._tickets.find({"_id": {"$in": new}}, fields).to_list(None) if new else []
        begun = ((str(ticket["_id"]), _read(_new_row, ticket)) for ticket in tickets)
        return rows | {ticket_id: row for ticket_id, row in begun if row is not None}

    async def authors(self, records: Iterable[AuditRecord]) -> dict[str, Actor]:
        """Who wrote the replies that failed."""
        changed, failed = AuditAction.MESSAGE_DELIVERY_CHANGED, DeliveryState.FAILED.value
        ids = [r.entry.subject_id for r in records if r.entry.action == changed and r.entry.details.get("to") == failed]
        if not ids:
            return {}
        found = await self._messages.find({"_id": {"$in": ids}}, {"author": 1}).to_list(None)
        return dict(readable(found, lambda message: (str(message["_id"]), _author(message)), "message"))


def _author(message: Document) -> Actor:
    author: Actor = ACTOR.from_document(message["author"])
    return author


def tickets_named(records: Iterable[AuditRecord]) -> list[str]:
    """The tickets that anchors among the records name."""
    anchors: list[Mapping[str, Any]] = [r.entry.details for r in records if r.entry.action == ANCHORED]
    return list(dict.fromkeys(ticket_id for details in anchors for ticket_id in details))


def _new_row(ticket: Document) -> TicketRow:
    created = ticket["create_time"]
    owner = (ticket["organization_id"], ticket["workspace_id"], ticket["channel_id"])
    return TicketRow(str(ticket["_id"]), *owner, create_time=created, begin_time=created)


def _read(reader: Callable[[Document], Read], document: Document) -> Read | None:
    """None for what somebody has made into something else: verifying the trail finds it, and it stops no counting."""
    try:
        return reader(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None

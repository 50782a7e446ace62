"""AuditStore on MongoDB."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import structlog

from servicekit.audit.chain import ChainPiece, Claim, Head
from ticket_service import errors
from ticket_service.domain.audit import NO_TICKET, AuditFilter, AuditRecord, ChainPlace, ChainScope
from ticket_service.domain.ticket import TicketState
from ticket_service.mongo.audit_chains import chain_end, insert_records
from ticket_service.mongo.audit_documents import link_from_document, place_of, record_from_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.indexes import CREATION
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import ANCHOR_DUE

_TICKETS_PER_PAGE = 100
_CLAIMS_PER_QUERY = 200
_ATTEMPTS = 5
_STATES = [state.value for state in TicketState]
_TYPE_OF_TICKET, _TYPE_OF_SEQUENCE = {"$type": "$ticket_id"}, {"$type": "$sequence"}
# What has a place in a chain. A query by value alone would pass over other types, and look into arrays.
_PLACED: Document = {
    "$expr": {
        "$and": [
            {"$eq": [_TYPE_OF_TICKET, "string"]},
            {"$in": [_TYPE_OF_SEQUENCE, ["int", "long"]]},
            {"$gte": ["$sequence", 1]},
        ]
    }
}
_log = structlog.get_logger(__name__)


class MongoAudit:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_records(self, records: AuditFilter, limit: int) -> list[AuditRecord]:
        query: Document = {"organization_id": records.organization_id, **_PLACED}
        for name in ("workspace_id", "ticket_id", "action"):
            if value := getattr(records, name):
                query[name] = value
        if records.before:
            query["_id"] = {"$lt": records.before}
        found = await self._db.audit_records.find(query).sort("_id", -1).limit(limit).to_list(None)
        return [record for document in found if (record := readable(document)) is not None]

    async def append_records(self, records: Sequence[AuditRecord]) -> None:
        async def work(session: Any) -> None:
            ids = [record.audit_record_id for record in records]
            known = await self._db.audit_records.find({"_id": {"$in": ids}}, {"_id": 1}, session=session).to_list(None)
            there = {document["_id"] for document in known}
            new = {record.audit_record_id: record for record in records if record.audit_record_id not in there}
            await insert_records(self._db, list(new.values()), session)

        await self._db.in_transaction(work)

    async def append_to_sound_chain(self, record: AuditRecord) -> bool:
        organization_id = record.organization_id

        async def work(session: Any) -> bool:
            counter = await self._db.counters.find_one(chain_end(organization_id), session=session) or {}
            head = Head.parse(_head(counter.get("head"), counter.get("value")))
            if head is None or not self._db.trail.is_genuine(organization_id, head):
                return False
            place = {"organization_id": organization_id, "ticket_id": NO_TICKET, "sequence": head.sequence}
            newest = await self._db.audit_records.find_one(place, {"mac": 1}, session=session) or {}
            if newest.get("mac") != head.mac:
                return False
            await insert_records(self._db, [record], session)
            return True

        return await self._db.in_transaction(work)

    async def count_records(self, scope: ChainScope) -> int:
        query: Document = {"organization_id": scope.organization_id}
        if scope.ticket_id:
            query["ticket_id"] = scope.ticket_id
        elif scope.workspace_id:
            query |= {"workspace_id": scope.workspace_id, "ticket_id": {"$gt": NO_TICKET}}
        return int(await self._db.audit_records.count_documents(query))

    async def find_unplaced(self, scope: ChainScope, limit: int) -> list[tuple[str, str]]:
        query: Document = {"organization_id": scope.organization_id, "$nor": [_PLACED]}
        for name in ("workspace_id", "ticket_id"):
            if value := getattr(scope, name):
                query[name] = value
        found = await self._db.audit_records.find(query, {"ticket_id": 1}).sort("_id", 1).limit(limit).to_list(None)
        return [
            (t if isinstance(t := document.get("ticket_id"), str) else "", str(document["_id"])) for document in found
        ]

    async def read_chains(
        self, scope: ChainScope, after: ChainPlace | None, limit: int
    ) -> tuple[list[ChainPiece], ChainPlace | None]:
        async def work(session: Any) -> tuple[list[ChainPiece], ChainPlace | None]:
            return await _Reading(self._db, scope, session).read(after, limit)

        return await self._db.in_own_transaction(work, _ATTEMPTS)

    async def find_macs(
        self, organization_id: str, claims: Sequence[Claim]
    ) -> tuple[dict[tuple[str, int], str], dict[str, int]]:
        mine = {"organization_id": organization_id}
        fields = {"ticket_id": 1, "sequence": 1, "mac": 1}
        found: dict[tuple[str, int], str] = {}
        for query in _places(claims):
            documents = await self._db.audit_records.find({**mine, **query}, fields).to_list(None)
            found |= {place: str(d.get("mac", "")) for d in documents if (place := place_of(d))}
        last: dict[str, int] = {}
        for ticket_id in {c.ticket_id for c in claims if (c.ticket_id, c.sequence) not in found}:
            query = {**mine, "ticket_id": ticket_id, "sequence": {"$gte": 1}, **_PLACED}
            end = await self._db.audit_records.find_one(query, {"sequence": 1}, sort=[("sequence", -1)])
            last[ticket_id] = int(end["sequence"]) if end else 0
        return found, last


class _Reading:
    """One page of chains, within one transaction."""

    def __init__(self, database: Database, scope: ChainScope, session: Any) -> None:
        self._db = database
        self._scope = scope
        self._session = session

    async def read(self, after: ChainPlace | None, limit: int) -> tuple[list[ChainPiece], ChainPlace | None]:
        scope = self._scope
        # A workspace has no chain of its own.
        first = ChainPlace(scope.ticket_id, is_open=bool(scope.ticket_id or not scope.workspace_id))
        place = after or first
        records = await self._rest_of(place, limit) if place.is_open else []
        following = await self._following(place.ticket_id)
        if following is not None and len(records) < limit:
            records += await self._find({"ticket_id": following}, limit - len(records))
        ends_at = self._next_place(records, following, limit)
        heads = await self._heads(place, ends_at)
        # A workspace has its own tickets only; the organization also has what a deleted ticket left.
        if scope.ticket_id and not heads and (scope.workspace_id or (after is None and not records)):
            raise errors.ticket_not_found(scope.ticket_id)
        return self._pieces(place, ends_at, records, heads), ends_at

    async def _rest_of(self, place: ChainPlace, limit: int) -> list[Document]:
        return await self._find({"ticket_id": place.ticket_id, "sequence": {"$gt": place.sequence}}, limit)

    async def _following(self, ticket_id: str) -> Document | None:
        """Which chains come behind that one, as a query; None: there are no more."""
        scope = self._scope
        if scope.ticket_id:
            return None
        if not scope.workspace_id:
            return {"$gt": ticket_id}
        query = {
            "workspace_id": scope.workspace_id,
            "organization_id": scope.organization_id,
            "_id": {"$gt": ticket_id},
        }
        # The index has each state apart: those that there are can be merged, and what somebody has made into something
        # else stands there, too.
        states = [{"$in": _STATES}, {"$not": {"$in": _STATES}}]
        found = [
            ticket["_id"]
            for state in states
            for ticket in await self._tickets({**query, "state": state}).sort("_id", 1).to_list(_TICKETS_PER_PAGE)
        ]
        return {"$in": sorted(found)[:_TICKETS_PER_PAGE]}

    def _tickets(self, query: Document, *more_fields: str) -> Any:
        fields = dict.fromkeys(("_id", *more_fields), 1)
        return self._db.tickets.find(query, fields, session=self._session).hint(CREATION)

    async def _find(self, query: Document, limit: int) -> list[Document]:
        whole = {"organization_id": self._scope.organization_id, **query, **_PLACED}
        found = self._db.audit_records.find(whole, session=self._session).sort([("ticket_id", 1), ("sequence", 1)])
        documents: list[Document] = await found.limit(limit).to_list(None)
        return documents

    def _next_place(self, records: list[Document], following: Document | None, limit: int) -> ChainPlace | None:
        if len(records) >= limit:
            chain = records[-1]["ticket_id"]
            return ChainPlace(chain, max(r["sequence"] for r in records if r["ticket_id"] == chain))
        tickets = (following or {}).get("$in", ())
        return ChainPlace(tickets[-1], is_open=False) if len(tickets) == _TICKETS_PER_PAGE else None

    async def _heads(self, place: ChainPlace, ends_at: ChainPlace | None) -> dict[str, tuple[str, bool]]:
        """The heads of the chains that end in this page, and whether they are to be anchored."""
        scope = self._scope
        heads: dict[str, tuple[str, bool]] = {}
        workspaces = await self._workspaces()
        if not scope.workspace_id and not scope.ticket_id and place.is_open and place.ticket_id == NO_TICKET:
            counter = await self._db.counters.find_one(chain_end(scope.organization_id), session=self._session)
            # An organization that there is has had a record since its first workspace was made.
            if counter or workspaces:
                counter = counter or {}
                heads[NO_TICKET] = _head(counter.get("head"), counter.get("value")), False
        between: Document = {"$gte" if place.is_open else "$gt": place.ticket_id}
        if scope.ticket_id:
            between = {"$eq": scope.ticket_id}
        elif ends_at is not None:
            between["$lt" if ends_at.is_open else "$lte"] = ends_at.ticket_id
        query = {"workspace_id": {"$in": workspaces}, "_id": between}
        for ticket in await self._tickets(query, "audit_head", "audit_sequence", ANCHOR_DUE).to_list(None):
            head = _head(ticket.get("audit_head"), ticket.get("audit_sequence"))
            heads[ticket["_id"]] = head, ticket.get(ANCHOR_DUE) is True
        return heads

    async def _workspaces(self) -> list[str]:
        query = {"organization_id": self._scope.organization_id}
        found = await self._db.workspaces.find(query, {"_id": 1}, session=self._session).to_list(None)
        ids = [workspace["_id"] for workspace in found]
        return [i for i in ids if i == self._scope.workspace_id] if self._scope.workspace_id else ids

    def _pieces(
        self,
        place: ChainPlace,
        ends_at: ChainPlace | None,
        records: list[Document],
        heads: dict[str, tuple[str, bool]],
    ) -> list[ChainPiece]:
        links = {
            ticket_id: tuple(link_from_document(record) for record in group)
            for ticket_id, group in groupby(records, lambda record: record["ticket_id"])
        }
        chains = links.keys() | heads.keys() | ({place.ticket_id} if place.is_open else set())
        still_open = ends_at.ticket_id if ends_at is not None and ends_at.is_open else None
        return [
            ChainPiece(
                ticket_id,
                links.get(ticket_id, ()),
                ends=ticket_id != still_open,
                head=heads.get(ticket_id, ("", False))[0],
                exists=ticket_id in heads,
                marked=heads.get(ticket_id, ("", False))[1],
            )
            for ticket_id in sorted(chains)
            if ticket_id != still_open or links.get(ticket_id)
        ]


def readable(document: Document) -> AuditRecord | None:
    """The record; None if somebody has made it into something else. Verifying the trail says what."""
    try:
        return record_from_document(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        _log.error("audit record cannot be read; verify the audit trail", audit_record_id=str(document["_id"]))
        return None


def _places(claims: Sequence[Claim]) -> Iterator[Document]:
    """Queries of the claimed places."""
    own = sorted({claim.sequence for claim in claims if not claim.ticket_id})
    if own:
        yield {"ticket_id": NO_TICKET, "sequence": {"$in": own}}
    others = [{"ticket_id": claim.ticket_id, "sequence": claim.sequence} for claim in claims if claim.ticket_id]
    for start in range(0, len(others), _CLAIMS_PER_QUERY):
        yield {"$or": others[start:][:_CLAIMS_PER_QUERY]}


def _head(text: object, sequence: object) -> str:
    """The head as it is stored; none when it does not fit the number beside it."""
    head = Head.parse(text)
    return str(head) if head is not None and head.sequence == sequence else ""

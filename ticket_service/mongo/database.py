"""The collections, and what belongs to all of them: transactions, ticket numbers, audit records, indexes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, UpdateOne, WriteConcern

from servicekit.audit.chain import Keys
from servicekit.ids import new_id
from servicekit.mongo import transactions as mongodb
from servicekit.mongo.turnstile import Turnstile
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import NO_TICKET, AuditEntry, AuditRecord, in_order
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo import audit_documents, documents
from ticket_service.mongo.audit_signing import AuditSigning

Result = TypeVar("Result")

# "Where the field is there" is all that a partial index can say of absence.
_EXISTS = {"$exists": True}

INDEXES: dict[str, list[IndexModel]] = {
    "tickets": [
        IndexModel(
            [("channel_id", ASCENDING), ("customer_address", ASCENDING)],
            name="one_live_ticket_per_thread",
            unique=True,
            partialFilterExpression={"holds_thread": True},
        ),
        IndexModel([("workspace_id", ASCENDING), ("number", ASCENDING)], name="number", unique=True),
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
        IndexModel([("workspace_id", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)], name="state"),
        IndexModel([("workspace_id", ASCENDING), ("assignee", ASCENDING), ("_id", DESCENDING)], name="assignee"),
        IndexModel(
            [("update_time", ASCENDING)],
            name="waits_for_ai",
            partialFilterExpression={"assignee": "AI", "state": "OPEN"},
        ),
        IndexModel([("workspace_id", ASCENDING), ("channel_id", ASCENDING), ("_id", DESCENDING)], name="channel"),
        IndexModel(
            [("workspace_id", ASCENDING), ("customer_address", ASCENDING), ("_id", DESCENDING)], name="customer"
        ),
        IndexModel(
            [("workspace_id", ASCENDING), ("resolve_time", ASCENDING)],
            name="auto_close",
            partialFilterExpression={"state": "RESOLVED"},
        ),
        IndexModel([("customer_id", ASCENDING), ("_id", ASCENDING)], name="of_customer"),
        IndexModel(
            [("workspace_id", ASCENDING), ("seal_time", ASCENDING), ("close_time", ASCENDING)],
            name="retention",
            partialFilterExpression={"state": "CLOSED"},
        ),
        # Those whose chain has grown since it was anchored.
        IndexModel(
            [("organization_id", ASCENDING), ("_id", ASCENDING)],
            name="anchor_due",
            partialFilterExpression={"anchor_due": True},
        ),
    ],
    "messages": [
        IndexModel(
            [("account_sid", ASCENDING), ("twilio_message_sid", ASCENDING)],
            name="one_message_per_message_sid",
            unique=True,
            partialFilterExpression={"twilio_message_sid": _EXISTS},
        ),
        IndexModel(
            [("workspace_id", ASCENDING), ("request_id", ASCENDING)],
            name="one_message_per_request_id",
            unique=True,
            partialFilterExpression={"request_id": _EXISTS},
        ),
        IndexModel([("ticket_id", ASCENDING), ("message_time", ASCENDING), ("_id", ASCENDING)], name="conversation"),
        IndexModel(
            [("outbox_due", ASCENDING), ("_id", ASCENDING)],
            name="outbox",
            partialFilterExpression={"outbox_due": _EXISTS},
        ),
        # Words are searched as they are written, in any language.
        IndexModel(
            [("workspace_id", ASCENDING), ("text", "text")],
            name="words",
            default_language="none",
            language_override="no_such_field",
        ),
        IndexModel(
            [("workspace_id", ASCENDING), ("erase_time", ASCENDING), ("create_time", ASCENDING)],
            name="without_ticket",
            partialFilterExpression={"ticket_id": ""},
        ),
        IndexModel(
            [("customer_id", ASCENDING), ("erase_time", ASCENDING)],
            name="without_ticket_of_customer",
            partialFilterExpression={"ticket_id": ""},
        ),
    ],
    "customers": [
        IndexModel([("workspace_id", ASCENDING), ("address", ASCENDING)], name="one_customer_per_address", unique=True),
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
    ],
    "channels": [
        IndexModel(
            [("account_sid", ASCENDING), ("phone_number", ASCENDING)], name="one_channel_per_number", unique=True
        ),
        IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest"),
    ],
    "workspaces": [
        IndexModel(
            [("organization_id", ASCENDING), ("request_id", ASCENDING)],
            name="one_workspace_per_request_id",
            unique=True,
            partialFilterExpression={"request_id": _EXISTS},
        ),
        IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest"),
        IndexModel([("auto_close_seconds", ASCENDING)], name="auto_close"),
        IndexModel([("retain_seconds", ASCENDING)], name="retention"),
    ],
    "audit_records": [
        IndexModel(
            [("organization_id", ASCENDING), ("ticket_id", ASCENDING), ("sequence", ASCENDING)],
            name="one_record_per_place",
            unique=True,
        ),
        IndexModel([("organization_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
        IndexModel(
            [("organization_id", ASCENDING), ("workspace_id", ASCENDING), ("_id", DESCENDING)], name="workspace"
        ),
        IndexModel([("organization_id", ASCENDING), ("action", ASCENDING), ("_id", DESCENDING)], name="action"),
    ],
    "ai_turns": [
        IndexModel([("lease_until", ASCENDING), ("due", ASCENDING)], name="due"),
    ],
    "erasures": [
        IndexModel([("due", ASCENDING)], name="due"),
    ],
    "counters": [],
}


@dataclass(frozen=True)
class Database:
    """The collections of `keva_tickets`. The driver's types are not spelled out: only mongo_store knows the driver."""

    client: Any
    tickets: Any
    messages: Any
    customers: Any
    channels: Any
    workspaces: Any
    audit_records: Any
    ai_turns: Any
    erasures: Any
    counters: Any
    signing: AuditSigning
    turnstile: Turnstile = field(default_factory=Turnstile)

    @classmethod
    def of(cls, client: Any, name: str, audit_keys: Keys) -> "Database":
        """The collections of the database `name`, whose audit records are signed with `audit_keys`."""
        collections = {collection: client[name][collection] for collection in INDEXES}
        return cls(client, signing=AuditSigning(audit_keys), **collections)

    async def create_indexes(self) -> None:
        """Creates what is missing; running it again, or twice at once, does no harm."""
        for name, indexes in INDEXES.items():
            collection = getattr(self, name)
            if indexes:
                await collection.create_indexes(indexes)
            else:
                # So that no transaction has to create it.
                await collection.update_one({"_id": "created"}, {"$setOnInsert": {"value": 0}}, upsert=True)

    async def in_transaction(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """`transactions.in_transaction` on this client. Raises Unavailable OVERLOADED when too many wait."""
        return await mongodb.in_transaction(self.client, work, turnstile=self.turnstile)

    async def in_own_transaction(self, work: Callable[[Any], Awaitable[Result]], attempts: int) -> Result:
        """The same without waiting for others: for callers that run one at a time."""
        return await mongodb.in_transaction(self.client, work, attempts)

    async def take_numbers(self, workspace_id: str, count: int) -> int:
        """The first of `count` ticket numbers that nobody else gets.

        Outside of any transaction, so that new tickets do not wait for each other; a number whose transaction fails is
        skipped. One replica's word is enough: numbers lost in a failover are stopped by the unique index.
        """
        counters = self.counters.with_options(write_concern=WriteConcern(w=1))
        counter = await counters.find_one_and_update(
            {"_id": f"tickets:{workspace_id}"},
            {"$inc": {"value": count}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(counter["value"]) - count + 1

    async def write_records(self, records: Sequence[AuditRecord], session: Any) -> None:
        """Inserts records: those of tickets as they are, signed already; those that belong to no ticket get their place
        in their organization's trail, and are signed."""
        placed = [record for record in records if record.ticket_id != NO_TICKET]
        by_organization: dict[str, list[AuditRecord]] = {}
        for record in records:
            if record.ticket_id == NO_TICKET:
                by_organization.setdefault(record.organization_id, []).append(record)
        for organization_id, group in by_organization.items():
            place = {"_id": f"audit:{organization_id}"}
            counter = await self.counters.find_one_and_update(
                place,
                {"$inc": {"value": len(group)}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            first = counter["value"] - len(group) + 1
            unsigned = [replace(record, sequence=first + i) for i, record in enumerate(group)]
            signed, head = self.signing.extend(counter.get("head", ""), unsigned)
            await self.counters.update_one(place, {"$set": {"head": head}}, session=session)
            placed += signed
        if placed:
            await self.audit_records.insert_many([audit_documents.from_record(r) for r in placed], session=session)

    async def write_turns(self, started: Sequence[tuple[Ticket, TurnStart]], session: Any) -> None:
        """Starts the AI's turn on tickets, or delays one that is there. Whoever is thinking about an earlier version
        keeps the lease, so that nobody thinks beside it."""
        writes = [
            UpdateOne(
                {"_id": ticket.ticket_id},
                {
                    "$set": {"workspace_id": ticket.workspace_id, "version": new_id("trn"), "due": start.due},
                    "$setOnInsert": {"latest": start.latest, "lease_until": documents.NEVER, "lease_id": ""},
                },
                upsert=True,
            )
            for ticket, start in started
        ]
        if writes:
            await self.ai_turns.bulk_write(writes, session=session)

    async def write_entries(
        self, organization_id: str, workspace_id: str, entries: Sequence[AuditEntry], session: Any
    ) -> None:
        """Inserts entries that belong to no ticket."""
        await self.write_records(in_order(entries, organization_id, workspace_id, NO_TICKET, -1, new_id), session)

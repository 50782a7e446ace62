"""IngestStore on MongoDB: many texts, one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from bson.errors import BSONError
from pymongo import ReplaceOne, ReturnDocument, WriteConcern
from pymongo.errors import BulkWriteError, PyMongoError

from servicekit.errors import Aborted
from servicekit.mongo import transactions as mongodb
from ticket_service.domain.audit import NO_TICKET, AuditRecord
from ticket_service.domain.ingest_plan import IngestPlan, Outcome, RefusedText, Snapshot, StoredText
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.ai_turns import write_turns
from ticket_service.mongo.audit_chains import extend_ticket, insert_records
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.message_documents import message_to_document
from ticket_service.mongo.ticket_documents import ticket_from_document, ticket_to_document

Plan = Callable[[Sequence[InboundText], Snapshot], IngestPlan]
_ATTEMPTS_OF_MANY = 5
# BadValue, FailedToParse, TypeMismatch, InvalidBSON, DocumentValidationFailure, and documents that are too large.
_REJECTED = frozenset({2, 9, 14, 22, 121, 10334, 17280, 17419, 17420})
_log = structlog.get_logger(__name__)


class MongoIngest:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def ingest(self, texts: Sequence[InboundText], plan: Plan) -> list[Outcome]:
        numbers: dict[str, list[int]] = {}

        async def work(session: Any) -> list[Outcome]:
            decided = plan(texts, await self._snapshot(texts, session))
            await self._write(decided, numbers, session)
            return decided.outcomes

        try:
            attempts = mongodb.MAX_ATTEMPTS if len(texts) == 1 else _ATTEMPTS_OF_MANY
            return await self._db.in_own_transaction(work, attempts)
        except Aborted:
            # The more a transaction touches, the more often somebody else was faster with some of it.
            if len(texts) == 1:
                raise
        except (PyMongoError, BSONError) as error:
            if not is_rejection(error):
                raise
            if len(texts) == 1:
                _log.error("text rejected by the database", message_sid=texts[0].twilio_message_sid, exc_info=error)
                return [RefusedText("MESSAGE_REJECTED", "the database does not take this text")]
        return await self._ingest_halves(texts, plan)

    async def _ingest_halves(self, texts: Sequence[InboundText], plan: Plan) -> list[Outcome]:
        """Finds the text that the database does not take, so that its neighbours are stored all the same."""
        middle = len(texts) // 2
        return [*await self.ingest(texts[:middle], plan), *await self.ingest(texts[middle:], plan)]

    async def _snapshot(self, texts: Sequence[InboundText], session: Any) -> Snapshot:
        numbers = {(t.account_sid, t.channel_address) for t in texts}
        channels = await self._db.channels.find(
            {"$or": [{"account_sid": a, "phone_number": n} for a, n in numbers], "delete_time": None}, session=session
        ).to_list(None)
        by_number = {(c["account_sid"], c["phone_number"]): channel_from_document(c) for c in channels}
        threads = {
            (by_number[key].channel_id, t.customer_address)
            for t in texts
            if (key := (t.account_sid, t.channel_address)) in by_number
        }
        if not threads:
            return Snapshot(by_number, {}, {}, {})
        stored = await self._stored(texts, session)
        live = await self._live_tickets(threads, session)
        workspaces = {c.workspace_id for c in by_number.values()} | {t.workspace_id for t in live.values()}
        customers = await self._db.customers.find(
            {"workspace_id": {"$in": list(workspaces)}, "address": {"$in": [address for _, address in threads]}},
            session=session,
        ).to_list(None)
        by_address = {(c["workspace_id"], c["address"]): customer_from_document(c) for c in customers}
        return Snapshot(by_number, stored, live, by_address)

    async def _stored(self, texts: Sequence[InboundText], session: Any) -> dict[tuple[str, str], StoredText]:
        by_account: dict[str, list[str]] = {}
        for text in texts:
            by_account.setdefault(text.account_sid, []).append(text.twilio_message_sid)
        query = {"$or": [{"account_sid": a, "twilio_message_sid": {"$in": sids}} for a, sids in by_account.items()]}
        fields = {"account_sid": 1, "twilio_message_sid": 1, "workspace_id": 1, "ticket_id": 1}
        found = await self._db.messages.find(query, fields, session=session).to_list(None)
        return {
            (m["account_sid"], m["twilio_message_sid"]): StoredText(m["_id"], m["workspace_id"], m["ticket_id"], True)
            for m in found
        }

    async def _live_tickets(self, threads: set[tuple[str, str]], session: Any) -> dict[tuple[str, str], Ticket]:
        query = {
            "$or": [{"channel_id": channel_id, "customer_address": address} for channel_id, address in threads],
            "holds_thread": True,
        }
        found = [ticket_from_document(t) for t in await self._db.tickets.find(query, session=session).to_list(None)]
        return {(t.channel_id, t.customer_address): t for t in found}

    async def _write(self, plan: IngestPlan, numbers: dict[str, list[int]], session: Any) -> None:
        customers = [
            ReplaceOne({"_id": c.customer_id}, customer_to_document(c), upsert=True)
            for c in (*plan.new_customers.values(), *plan.changed_customers.values())
        ]
        if customers:
            await self._db.customers.bulk_write(customers, session=session)
        signed = await self._write_tickets(plan, numbers, session)
        if plan.messages:
            await self._db.messages.insert_many([message_to_document(m) for m in plan.messages], session=session)
        tickets = {**plan.changed_tickets, **plan.new_tickets}
        turns = [(tickets[ticket_id], start) for ticket_id, start in plan.ai_turns.items()]
        await write_turns(self._db, turns, session)
        unplaced = [record for record in plan.records if record.ticket_id == NO_TICKET]
        await insert_records(self._db, [*signed, *unplaced], session)

    async def _write_tickets(self, plan: IngestPlan, numbers: dict[str, list[int]], session: Any) -> list[AuditRecord]:
        """Writes the tickets; the signed records of their chains, to be written."""
        records: dict[str, list[AuditRecord]] = {}
        for record in plan.records:
            records.setdefault(record.ticket_id, []).append(record)
        changed, signed = self._extended(plan.changed_tickets.values(), records)
        if changed:
            # A ticket that leaves its thread's slot does so before its successor takes it.
            in_turn = sorted(changed, key=lambda ticket: ticket.holds_thread)
            writes = [ReplaceOne({"_id": ticket.ticket_id}, ticket_to_document(ticket)) for ticket in in_turn]
            await self._db.tickets.bulk_write(writes, session=session)
        new, signed_too = self._extended(plan.new_tickets.values(), records)
        if new:
            await self._insert_tickets(await self._numbered(new, numbers), numbers, session)
        return signed + signed_too

    def _extended(
        self, tickets: Iterable[Ticket], records: dict[str, list[AuditRecord]]
    ) -> tuple[list[Ticket], list[AuditRecord]]:
        extended = [extend_ticket(self._db.keys, ticket, records[ticket.ticket_id]) for ticket in tickets]
        return [ticket for ticket, _ in extended], [record for _, signed in extended for record in signed]

    async def _insert_tickets(self, tickets: Sequence[Ticket], numbers: dict[str, list[int]], session: Any) -> None:
        try:
            await self._db.tickets.insert_many([ticket_to_document(t) for t in tickets], session=session)
        except BulkWriteError:
            # A failover may have given numbers out twice: the next attempt takes others.
            numbers.clear()
            raise

    async def _numbered(self, tickets: Sequence[Ticket], numbers: dict[str, list[int]]) -> list[Ticket]:
        """The tickets with their numbers; those taken by an attempt that was rolled back are used first."""
        by_workspace: dict[str, list[Ticket]] = {}
        for ticket in tickets:
            by_workspace.setdefault(ticket.workspace_id, []).append(ticket)
        numbered = []
        for workspace_id, group in by_workspace.items():
            mine = numbers.setdefault(workspace_id, [])
            missing = len(group) - len(mine)
            if missing > 0:
                first = await self._take_numbers(workspace_id, missing)
                mine.extend(range(first, first + missing))
            numbered += [replace(t, number=n) for t, n in zip(group, mine, strict=False)]
        return numbered

    async def _take_numbers(self, workspace_id: str, count: int) -> int:
        """The first of `count` ticket numbers that nobody else gets.

        Outside of any transaction, so that new tickets do not wait for each other; a number whose transaction fails is
        skipped. One replica's word is enough: numbers lost in a failover are stopped by the unique index.
        """
        counters = self._db.counters.with_options(write_concern=WriteConcern(w=1))
        counter = await counters.find_one_and_update(
            {"_id": f"tickets:{workspace_id}"},
            {"$inc": {"value": count}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(counter["value"]) - count + 1


def is_rejection(error: Exception) -> bool:
    """Whether the database will never take this. What it does not take for any other reason, a right that is missing or
    a disk that is full, it may take tomorrow: such a text is not refused."""
    if isinstance(error, BSONError):
        return True
    if isinstance(error, BulkWriteError):
        codes = {failed["code"] for failed in (error.details or {}).get("writeErrors", ())}
    else:
        codes = {getattr(error, "code", None)}
    return bool(codes) and codes <= _REJECTED

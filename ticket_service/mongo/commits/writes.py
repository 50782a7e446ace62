"""What a commit writes, and the proof that nobody was faster: a ticket is written only while its audit chain ends where
it did when the ticket was read, a customer only while nobody has changed it, and what is new only if nobody has made
it. Every change of a ticket adds to its chain, so that its end is the ticket's version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError

from ticket_service.domain.ai.questions import Question
from ticket_service.domain.ai.reply_limits import ReplyCounts
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import NO_TICKET, AuditRecord
from ticket_service.domain.customer import Customer
from ticket_service.domain.ingest_plan import RefusedKey
from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.first_texts import FirstTexts
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.ai import reply_limits
from ticket_service.mongo.ai.questions import question_written
from ticket_service.mongo.ai_turns import start_of_turn
from ticket_service.mongo.audit_chains import by_organization, chain_end, placed
from ticket_service.mongo.audit_documents import record_to_document
from ticket_service.mongo.commits.refusals import mark_of_refusal
from ticket_service.mongo.commits.subjects import whose_words_change, write_words
from ticket_service.mongo.commits.threads import counts_written
from ticket_service.mongo.customers import customer_to_document, renamed_tickets
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import SCHEDULE_FIELDS, as_it_stands, message_to_document
from ticket_service.mongo.messages import OUTBOX_FIELDS, in_outbox, into_outbox, is_queued, next_due
from ticket_service.mongo.ticket_documents import ANCHOR_DUE, READ_BY, ticket_to_document
from ticket_service.mongo.trail.keys import learn_blocking

# Every change of a customer sets the time; the others are what decisions are made by.
_CUSTOMER_VERSION = ("_id", "update_time", "opted_out", "consent_time", "forget_time", "erase_time", "blocked_time")


class Overtaken(Exception):
    """Somebody has changed what was decided about since it was read."""


@dataclass
class Writes:
    """What decisions have led to. Changed things stand beside what they were: tickets and messages as entities,
    customers as the documents that were read, counts of the AI's replies with the ticket that they are about. Records
    of tickets are signed already."""

    new_customers: list[Customer] = field(default_factory=list)
    changed_customers: list[tuple[Document, Customer]] = field(default_factory=list)
    new_tickets: list[Ticket] = field(default_factory=list)
    changed_tickets: list[tuple[Ticket, Ticket]] = field(default_factory=list)
    new_messages: list[Message] = field(default_factory=list)
    changed_messages: list[tuple[Message, Message]] = field(default_factory=list)
    started_turns: list[tuple[Ticket, TurnStart]] = field(default_factory=list)
    ended_turns: list[str] = field(default_factory=list)
    records: list[AuditRecord] = field(default_factory=list)
    refused: list[RefusedKey] = field(default_factory=list)
    first_texts: list[tuple[str, FirstTexts]] = field(default_factory=list)
    ai_replies: list[tuple[Ticket, ReplyCounts, ReplyCounts]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to write: nothing is written without a record of it."""
        return bool(self.records)


class Writer:
    """Writes into one database, within a transaction; the numbers of new tickets are taken before it begins."""

    def __init__(self, database: Database) -> None:
        self._db = database
        # Taken by attempts that were rolled back, by workspace: used first.
        self._numbers: dict[str, list[int]] = {}

    def numbered(self, writes: Writes) -> Writes:
        """The same with the numbers of its new tickets."""
        counts: dict[str, int] = {}
        for ticket in writes.new_tickets:
            counts[ticket.workspace_id] = counts.get(ticket.workspace_id, 0) + 1
        for workspace_id, count in counts.items():
            free = self._numbers.setdefault(workspace_id, [])
            if count > len(free):
                free += self._take_numbers(workspace_id, count - len(free))
        taken = {workspace_id: iter(free) for workspace_id, free in self._numbers.items()}
        tickets = [replace(ticket, number=next(taken[ticket.workspace_id])) for ticket in writes.new_tickets]
        return replace(writes, new_tickets=tickets)

    def used(self, writes: Writes) -> None:
        """The numbers of its new tickets are committed."""
        for ticket in writes.new_tickets:
            self._numbers[ticket.workspace_id].remove(ticket.number)

    def write(self, writes: Writes, session: Any) -> None:
        """Raises Overtaken, and the driver's errors."""
        self._write_customers(writes, session)
        self._write_tickets(writes, session)
        self._write_messages(writes, session)
        tickets = (writes.new_tickets, writes.changed_tickets)
        if named := whose_words_change(*tickets, writes.new_messages, writes.changed_messages):
            write_words(self._db.messages, named, session)
        turns = [start_of_turn(ticket, start) for ticket, start in writes.started_turns]
        ended = [DeleteOne({"_id": ticket_id}) for ticket_id in writes.ended_turns]
        if turns or ended:
            self._db.ai_turns.bulk_write([*turns, *ended], session=session)
        self._write_records(writes.records, session)
        if writes.questions:
            self._db.questions.bulk_write(list(map(question_written, writes.questions)), session=session)
        counted = [*counts_written(writes.first_texts)]
        for change in writes.ai_replies:
            counted += reply_limits.counts_written(*change)
        if counted:
            self._db.counters.bulk_write(counted, session=session)
        if writes.refused:
            # Whoever has recorded one of them meanwhile has made its mark: a duplicate key begins this again.
            self._db.counters.insert_many(map(mark_of_refusal, writes.refused), session=session)

    def _write_customers(self, writes: Writes, session: Any) -> None:
        new = [InsertOne(customer_to_document(customer)) for customer in writes.new_customers]
        changed = [
            ReplaceOne(_unchanged(before), customer_to_document(after)) for before, after in writes.changed_customers
        ]
        if new or changed:
            result = self._db.customers.bulk_write([*changed, *new], session=session)
            _require_all(result.matched_count, changed)
        renamed = [update for change in writes.changed_customers if (update := renamed_tickets(*change))]
        if renamed:
            self._db.tickets.bulk_write(renamed, session=session)

    def _write_tickets(self, writes: Writes, session: Any) -> None:
        # A ticket that leaves its thread's slot does so before its successor takes it.
        in_turn = sorted(writes.changed_tickets, key=lambda change: change[1].holds_thread)
        changed = [UpdateOne(_version(before), _ticket_changes(before, after)) for before, after in in_turn]
        if changed:
            result = self._db.tickets.bulk_write(changed, session=session)
            _require_all(result.matched_count, changed)
        if writes.new_tickets:
            try:
                self._db.tickets.insert_many(map(ticket_to_document, writes.new_tickets), session=session)
            except BulkWriteError:
                # A failover may have given numbers out twice: the next attempt takes others.
                self._numbers.clear()
                raise

    def _write_messages(self, writes: Writes, session: Any) -> None:
        changed = [
            # It may have been read a moment before its ticket.
            UpdateOne(as_it_stands(before), change)
            for before, after in writes.changed_messages
            if (change := _difference(before, after, self._db.replica))
        ]
        if changed:
            result = self._db.messages.bulk_write(changed, session=session)
            _require_all(result.matched_count, changed)
        new = [InsertOne(in_outbox(message, self._db.replica)) for message in writes.new_messages]
        left = [after for before, after in writes.changed_messages if is_queued(before) and not is_queued(after)]
        if new or left:
            self._db.messages.bulk_write([*new, *map(next_due, left)], session=session)

    def _write_records(self, records: Sequence[AuditRecord], session: Any) -> None:
        signed = [record for record in records if record.ticket_id != NO_TICKET]
        for organization_id, group in by_organization(records).items():
            end, ended = chain_end(organization_id), {"$inc": {"value": len(group)}}
            after = ReturnDocument.AFTER
            counter = self._db.counters.find_one_and_update(
                end, ended, upsert=True, return_document=after, session=session
            )
            if self._db.trail.may_be_newer(counter.get("head")):
                learn_blocking(self._db)
            in_place, head = placed(self._db.trail, counter, group)
            self._db.counters.update_one(end, {"$set": {"head": head}}, session=session)
            signed += in_place
        if signed:
            self._db.audit_records.insert_many(map(record_to_document, signed), session=session)

    def _take_numbers(self, workspace_id: str, count: int) -> Iterable[int]:
        """`count` ticket numbers that nobody else gets.

        Outside of any transaction, so that new tickets do not wait for each other; a number whose transaction fails is
        used by the next one. One replica's word is enough: numbers lost in a failover are stopped by the unique index.
        """
        counters = self._db.counters.with_options(write_concern=WriteConcern(w=1))
        counter = counters.find_one_and_update(
            {"_id": f"tickets:{workspace_id}"},
            {"$inc": {"value": count}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return range(int(counter["value"]) - count + 1, int(counter["value"]) + 1)


def _version(ticket: Ticket) -> Document:
    """That ticket, while it is as it was read: sealing it is the only change that adds nothing to its chain."""
    return {
        "_id": ticket.ticket_id,
        "audit_sequence": ticket.audit_sequence,
        "audit_head": ticket.audit_head or {"$in": ["", None]},
        "seal_time": ticket.seal_time,
    }


def _unchanged(customer: Document) -> Document:
    """That customer, while it is as it was read. Not by name, e-mail or address: mongod logs what a conflict was about,
    and a phone number must stand in no log."""
    return {name: customer.get(name) for name in _CUSTOMER_VERSION} | {"edited": {"$eq": customer["edited"]}}


def _difference(before: Message, after: Message, replica: str) -> Document:
    """An update of what has changed alone: texts and attachments may have been erased or fetched meanwhile. A reply
    that is still QUEUED keeps its place in the outbox, and its lease there; one that is not any more leaves it; one
    that has waited for its time comes into it."""
    gone = () if is_queued(after) else OUTBOX_FIELDS
    if not before.waits_for_its_time or after.waits_for_its_time:
        return _changes(message_to_document(before), message_to_document(after), gone=gone)
    change = _changes(message_to_document(before), message_to_document(after), gone=(*gone, *SCHEDULE_FIELDS))
    if is_queued(after):
        change["$set"] |= into_outbox(after, replica)
    return change


def _ticket_changes(before: Ticket, after: Ticket) -> Document:
    """The same of a ticket, which is to be anchored again. Who has read it is added to: others may say so meanwhile."""
    old = ticket_to_document(before)
    changes = _changes({name: old[name] for name in old if name != ANCHOR_DUE}, ticket_to_document(after))
    if readers := changes.get("$set", {}).pop(READ_BY, ()):
        changes["$addToSet"] = {READ_BY: {"$each": [reader for reader in readers if reader not in before.read_by]}}
    return changes


def _changes(before: Document, after: Document, gone: Iterable[str] = ()) -> Document:
    """An update of the fields that differ, without those that are `gone` in any case; empty when there are none.
    MongoDB looks at the indexes of these fields only, which for a text more on a ticket are few."""
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    removed = dict.fromkeys((*(name for name in before if name not in after), *gone), "")
    return {operator: fields for operator, fields in (("$set", changed), ("$unset", removed)) if fields}


def _require_all(matched: int, wanted: Sequence[Any]) -> None:
    if matched < len(wanted):
        raise Overtaken

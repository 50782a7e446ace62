"""Adds records to the audit trail: each in its place in a chain, signed together with the one before it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from pymongo import ReturnDocument

from servicekit.audit.chain import BROKEN, START, Head, Keys, Link, commitment, head_of, to_millis
from servicekit.ids import new_id
from ticket_service.domain.audit import NO_TICKET, AuditEntry, AuditRecord, in_order
from ticket_service.domain.ticket import Ticket, TicketChange
from ticket_service.mongo.audit_documents import record_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import ticket_to_document
from ticket_service.mongo.trail.keys import learn
from ticket_service.mongo.trail.memory import Trail

_log = structlog.get_logger(__name__)


async def append_to_ticket(database: Database, change: TicketChange, session: Any) -> Ticket:
    """Writes a changed ticket, and its entries behind the others of its chain. The ticket as it is written."""
    before, trail = change.ticket, database.trail
    counter = await database.counters.find_one(chain_end(before.organization_id), {"head": 1}, session=session) or {}
    if trail.may_be_newer(before.audit_head) or trail.may_be_newer(counter.get("head")):
        await learn(database)
    seen = Head.parse(counter.get("head"))
    genuine = seen is not None and trail.is_genuine(before.organization_id, seen)
    end = (before.organization_id, before.workspace_id, before.ticket_id, before.audit_sequence)
    records = in_order(change.entries, *end, new_id)
    ticket, records = extend_ticket(database.keys, before, records, seen if genuine else None)
    await database.tickets.replace_one({"_id": ticket.ticket_id}, ticket_to_document(ticket), session=session)
    await insert_records(database, records, session)
    return ticket


def extend_ticket(
    keys: Keys, ticket: Ticket, records: Sequence[AuditRecord], seen: Head | None = None
) -> tuple[Ticket, list[AuditRecord]]:
    """The ticket with the new end of its chain, and the records signed: they follow those that are there. The first one
    says which head of the organization's own chain was `seen`, so that this one cannot be cut back unnoticed."""
    first, *others = records
    with_head = replace(first, organization_head=commitment(seen)) if seen else first
    signed, head = extend(keys, ticket.audit_head, [with_head, *others])
    return replace(ticket, audit_sequence=signed[-1].sequence, audit_head=head), signed


async def append_to_organization(
    database: Database, organization_id: str, workspace_id: str, entries: Sequence[AuditEntry], session: Any
) -> None:
    """Adds entries that belong to no ticket."""
    records = in_order(entries, organization_id, workspace_id, NO_TICKET, -1, new_id)
    await insert_records(database, records, session)


async def insert_records(database: Database, records: Sequence[AuditRecord], session: Any) -> None:
    """Inserts records: those of tickets as they are, signed already; those that belong to no ticket get their place
    in their organization's chain here, and are signed."""
    signed = [record for record in records if record.ticket_id != NO_TICKET]
    for organization_id, group in by_organization(records).items():
        end = chain_end(organization_id)
        counter = await database.counters.find_one_and_update(
            end,
            {"$inc": {"value": len(group)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if database.trail.may_be_newer(counter.get("head")):
            await learn(database)
        in_place, head = placed(database.trail, counter, group)
        await database.counters.update_one(end, {"$set": {"head": head}}, session=session)
        signed += in_place
    if signed:
        await database.audit_records.insert_many([record_to_document(r) for r in signed], session=session)


def by_organization(records: Sequence[AuditRecord]) -> dict[str, list[AuditRecord]]:
    """Those that belong to no ticket."""
    groups: dict[str, list[AuditRecord]] = {}
    for record in records:
        if record.ticket_id == NO_TICKET:
            groups.setdefault(record.organization_id, []).append(record)
    return groups


def chain_end(organization_id: str) -> Document:
    """Which counter has the number of the records in an organization's own chain, and its head."""
    return {"_id": f"audit:{organization_id}"}


def placed(trail: Trail, counter: Document, records: Sequence[AuditRecord]) -> tuple[list[AuditRecord], str]:
    """`records` signed, in the last places of the chain whose `counter` counts them already; the new head."""
    first = counter["value"] - len(records) + 1
    unsigned = [replace(record, sequence=first + i) for i, record in enumerate(records)]
    organization_id, head = records[0].organization_id, counter.get("head", "")
    known = Head.parse(head)
    if not head and trail.newest(organization_id) is not None:
        # Somebody has removed the chain: it does not begin again as if there had been none.
        head = BROKEN
    elif known is not None and not trail.is_genuine(organization_id, known):
        head = BROKEN
    return extend(trail.keys, head, unsigned)


def extend(keys: Keys, head: str, records: Sequence[AuditRecord]) -> tuple[list[AuditRecord], str]:
    """`records`, all of one chain and in their places, signed behind `head` (empty: a new chain); the new head."""
    first = records[0]
    previous = _previous(keys, head, first)
    signed = []
    for record in records:
        previous = _link_of(record, keys.active_id).mac_after(previous, keys) or BROKEN
        signed.append(replace(record, key_id=keys.active_id, mac=previous))
    end = head_of(first.organization_id, first.ticket_id, records[-1].sequence, previous, keys)
    return signed, str(end)


def _previous(keys: Keys, head: str, first: AuditRecord) -> str:
    if not head and first.sequence == 1:
        return START
    known = Head.parse(head)
    fits = known is not None and known.sequence == first.sequence - 1
    if known is None or not fits or not known.is_of(first.organization_id, first.ticket_id, keys):
        # No text is refused for it: whoever verifies finds the place.
        _log.error("audit chain broken", ticket_id=first.ticket_id, sequence=first.sequence)
        return BROKEN
    return known.mac


def _link_of(record: AuditRecord, key_id: str) -> Link:
    """A record as it is to be signed with that key."""
    entry = record.entry
    return Link(
        organization_id=record.organization_id,
        workspace_id=record.workspace_id,
        ticket_id=record.ticket_id,
        sequence=record.sequence,
        audit_record_id=record.audit_record_id,
        time_ms=to_millis(entry.time),
        actor_kind=entry.actor.kind.value,
        actor_id=entry.actor.id,
        action=entry.action,
        subject_id=entry.subject_id,
        details=entry.details,
        key_id=key_id,
        organization_head=record.organization_head,
    )

"""Audit records as MongoDB documents, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from servicekit.audit.chain import Link, to_millis
from ticket_service.domain.audit import AuditEntry, AuditRecord
from ticket_service.mongo.documents import Document, from_actor, to_actor


def from_record(record: AuditRecord) -> Document:
    """An audit record's document."""
    return {
        "_id": record.audit_record_id,
        "organization_id": record.organization_id,
        "workspace_id": record.workspace_id,
        "ticket_id": record.ticket_id,
        "sequence": record.sequence,
        "time": record.entry.time,
        "actor": from_actor(record.entry.actor),
        "action": record.entry.action,
        "subject_id": record.entry.subject_id,
        "details": dict(record.entry.details),
        "key_id": record.key_id,
        "mac": record.mac,
    }


def to_record(document: Document) -> AuditRecord:
    """The reverse of from_record."""
    entry = AuditEntry(
        action=document["action"],
        subject_id=document["subject_id"],
        actor=to_actor(document["actor"]),
        time=document["time"],
        details=document["details"],
    )
    return AuditRecord(
        audit_record_id=document["_id"],
        organization_id=document["organization_id"],
        workspace_id=document["workspace_id"],
        ticket_id=document["ticket_id"],
        sequence=document["sequence"],
        entry=entry,
        key_id=document.get("key_id", ""),
        mac=document.get("mac", ""),
    )


def to_link(document: Document) -> Link:
    """A record as it is verified. It never fails: what somebody changed in the database may be anything."""
    actor: Any = document.get("actor")
    known: Mapping[str, Any] = actor if isinstance(actor, Mapping) else {"kind": actor}
    time: Any = document.get("time")
    fields: dict[str, Any] = {
        name: document.get(name)
        for name in ("organization_id", "workspace_id", "ticket_id", "sequence", "action", "subject_id", "details")
    }
    return Link(
        audit_record_id=document["_id"],
        # What is no time must not pass for one, nor a key id for what it is not.
        time_ms=to_millis(time) if isinstance(time, datetime) else f"no time: {time!r}",  # type: ignore[arg-type]
        actor_kind=known.get("kind", ""),
        actor_id=known.get("id", ""),
        key_id=_text(document.get("key_id")),
        mac=_text(document.get("mac")),
        **fields,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else f"no text: {value!r}"

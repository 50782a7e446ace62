"""Audit records as documents, and their indexes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson.code import Code
from pymongo import ASCENDING, DESCENDING, IndexModel

from servicekit.audit.chain import ANCHORED, Link, to_millis
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.mongo.mapper import KEY, Document, Field, Mapper, enum, nested, sparse

# The tickets whose chains an anchor claims: to find it by, and no part of what is signed.
CLAIMED = "anchored"
INDEXES = [
    IndexModel(
        [("organization_id", ASCENDING), ("ticket_id", ASCENDING), ("sequence", ASCENDING)],
        name="one_record_per_place",
        unique=True,
    ),
    IndexModel([("organization_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
    IndexModel([("organization_id", ASCENDING), ("workspace_id", ASCENDING), ("_id", DESCENDING)], name="workspace"),
    IndexModel([("organization_id", ASCENDING), ("action", ASCENDING), ("_id", DESCENDING)], name="action"),
    IndexModel(
        [("organization_id", ASCENDING), (CLAIMED, ASCENDING)],
        name=CLAIMED,
        partialFilterExpression={"action": ANCHORED},
    ),
]
ACTOR = nested(Mapper(Actor, kind=enum(ActorKind)))
_ENTRIES = Mapper(AuditEntry, action=Field(str), actor=ACTOR, details=Field(dict))
_TEXTS = ("audit_record_id", "organization_id", "workspace_id", "ticket_id", "key_id", "mac", "organization_head")
_RECORDS = Mapper(AuditRecord, audit_record_id=KEY, entry=nested(_ENTRIES), organization_head=sparse(""))


def record_to_document(record: AuditRecord) -> Document:
    """Entry and record are one document."""
    document = _RECORDS.to_document(record)
    entry: Document = document.pop("entry")
    claimed = {CLAIMED: list(record.entry.details)} if record.entry.action == ANCHORED else {}
    return document | entry | claimed


def record_from_document(document: Document) -> AuditRecord:
    """Raises KeyError, TypeError, ValueError or AttributeError for what somebody has made into something else."""
    record: AuditRecord = _RECORDS.from_document({**document, "entry": {**document, "details": document["details"]}})
    entry = record.entry
    texts = [getattr(record, name) for name in _TEXTS]
    texts += [entry.action, entry.subject_id, entry.actor.id, *entry.details, *entry.details.values()]
    if not (all(type(text) is str for text in texts) and isinstance(entry.time, datetime)):
        raise TypeError("a field of another type")
    return record


def place_of(document: Document) -> tuple[str, int] | None:
    """The ticket's id and the place in its chain; None where somebody has made them into something else. A query by
    value finds arrays, too."""
    ticket_id, sequence = document.get("ticket_id"), document.get("sequence")
    if not isinstance(ticket_id, str) or isinstance(sequence, bool) or not isinstance(sequence, int):
        return None
    return ticket_id, int(sequence)


def link_from_document(document: Document) -> Link:
    """A record as it is verified. It never fails: what somebody changed in the database may be anything."""
    actor: Any = _as_data(document.get("actor"))
    known: Mapping[str, Any] = actor if isinstance(actor, Mapping) else {"kind": actor}
    time: Any = document.get("time")
    fields: dict[str, Any] = {
        name: _as_data(document.get(name))
        for name in ("organization_id", "workspace_id", "ticket_id", "sequence", "action", "subject_id", "details")
    }
    return Link(
        audit_record_id=document["_id"],
        # A value of another kind must not look like a time, nor like a key id.
        time_ms=to_millis(time) if isinstance(time, datetime) else f"no time: {time!r}",  # type: ignore[arg-type]
        actor_kind=known.get("kind", ""),
        actor_id=known.get("id", ""),
        key_id=_text(document.get("key_id")),
        mac=_text(document.get("mac")),
        organization_head=_text(document.get("organization_head")),
        **fields,
    )


def _text(value: object) -> str:
    return value if type(value) is str else "" if value is None else f"no text: {value!r}"


def _as_data(value: Any) -> Any:
    """The value, with something else in place of code: the driver makes texts of that, which are signed alike."""
    if isinstance(value, Code):
        return f"code: {value!r}"
    if isinstance(value, Mapping):
        return {name: _as_data(inner) for name, inner in value.items()}
    return value

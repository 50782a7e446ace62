"""Days and rows as documents, and their indexes."""

from collections import Counter
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from ticket_service.domain.reports.figures import DayFigures, DayKey, Dimension, Figures
from ticket_service.domain.reports.ticket_row import Resolution, TicketNow, TicketRow
from ticket_service.domain.ticket import Priority, TicketState
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.mapper import KEY, Document, Field, Mapper, enum, nested, sparse
from ticket_service.mongo.ticket_documents import ASSIGNEE

DAY_INDEXES = [
    IndexModel([("workspace_id", ASCENDING), ("dimension", ASCENDING), ("day", ASCENDING)], name="days"),
]
ROW_INDEXES = [
    IndexModel([("workspace_id", ASCENDING), ("create_time", ASCENDING), ("_id", ASCENDING)], name="oldest"),
]
# What is counted, under names that are short: they stand in every day.
_PARTS = {"counts": "n", "hand_offs": "h", "failures": "f", "first_answers": "a", "resolutions": "r"}
_NUMBERED = frozenset({"failures", "first_answers", "resolutions"})

_SECONDS = Field(timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds))
_ROWS = Mapper(
    TicketRow,
    ticket_id=KEY,
    waiting_since=sparse(None),
    first_answer_time=sparse(None),
    first_answer_by=sparse(None, ACTOR),
    first_answer=sparse(None, _SECONDS),
    resolve_time=sparse(None),
    resolved_by=sparse(None, ACTOR),
    resolution=sparse(None, _SECONDS),
    close_time=sparse(None),
    texts_in=sparse(0),
    texts_out=sparse(0),
    ai_answers=sparse(0),
    hand_offs=sparse(0),
    hand_off_reason=sparse(""),
    failures=sparse(0),
    reopened=sparse(0),
    reopened_from=sparse(None, nested(Mapper(Resolution, by=ACTOR, took=_SECONDS))),
    unexplained=sparse({}, Field(dict)),
)
_NOW = Mapper(TicketNow, state=enum(TicketState), priority=enum(Priority), assignee=ASSIGNEE)
NOW_FIELDS = ("number", "state", "priority", "assignee")
now_from_document = _NOW.from_document
row_to_document, row_from_document = _ROWS.to_document, _ROWS.from_document


def addition(key: DayKey, figures: Figures) -> UpdateOne | None:
    """Adds to a day; None when there is nothing to add."""
    more = {
        f"{short}.{_written(name)}": number
        for part, short in _PARTS.items()
        for name, number in getattr(figures, part).items()
        if number
    }
    if not more:
        return None
    of = {"workspace_id": key.workspace_id, "day": key.day, "dimension": key.dimension.value, "key": key.key}
    return UpdateOne({"_id": "/".join(of.values())}, {"$setOnInsert": of, "$inc": more}, upsert=True)


def _written(name: Any) -> str:
    """A name of a field: reasons and codes are words and numbers, whatever a responder says."""
    return "".join(character for character in str(name) if character.isalnum() or character in "_-") or "UNKNOWN"


def day_from_document(document: Document) -> DayFigures:
    key = DayKey(document["workspace_id"], document["day"], Dimension(document["dimension"]), document["key"])
    parts = {part: _counter(document.get(short, {}), part in _NUMBERED) for part, short in _PARTS.items()}
    return DayFigures(key, Figures(**parts))


def _counter(stored: Document, numbered: bool) -> Counter[Any]:
    return Counter({int(name) if numbered else name: int(number) for name, number in stored.items()})

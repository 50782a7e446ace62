"""Change streams on the audit records, as the driver's blocking client has them. Their resume tokens, as text, are the
places of domain.events: MongoDB makes them so that they sort in the order of what happened."""

from datetime import UTC, datetime
from typing import Any

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from servicekit.mongo.driver_errors import codes
from ticket_service.domain.events.event import Happened, PlaceUnknown
from ticket_service.mongo.audit_documents import record_from_document
from ticket_service.mongo.mapper import Document

# InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost.
_UNKNOWN = frozenset({260, 280, 286})
_PIPELINE = [{"$match": {"operationType": "insert"}}, {"$project": {"fullDocument": 1, "clusterTime": 1}}]
_log = structlog.get_logger(__name__)


def open_stream(records: Any, place: str, batch: int, await_ms: int) -> Any:
    """A change stream of what is inserted after `place`, or from now on. Whoever asks it for the next change waits for
    `await_ms` at most. Blocks. Raises PlaceUnknown, and the driver's errors."""
    try:
        return records.watch(
            _PIPELINE,
            start_after={"_data": place} if place else None,
            batch_size=batch,
            max_await_time_ms=await_ms,
        )
    except OperationFailure as error:
        raise translated(error) from error


def next_change(stream: Any) -> Any:
    """The next change; None when there is none within the stream's patience. Blocks. Raises as open_stream does."""
    try:
        return stream.try_next()
    except OperationFailure as error:
        raise translated(error) from error


def place_of(stream: Any) -> str:
    """How far it has been read."""
    return str(stream.resume_token["_data"])


def happened(change: Document) -> Happened | None:
    """The record that was inserted; None, and a line in the log, when it is not a record: others wrote it."""
    document, time = change["fullDocument"], change["clusterTime"].as_datetime().astimezone(UTC)
    try:
        return Happened(record_from_document(document), str(change["_id"]["_data"]), time)
    except (KeyError, TypeError, ValueError, AttributeError):
        _log.error("audit record cannot be read; verify the audit trail", audit_record_id=str(document.get("_id")))
        return None


def translated(error: PyMongoError) -> Exception:
    """What the driver's error means to whoever reads a stream."""
    return PlaceUnknown() if codes(error) & _UNKNOWN else error


def now_by_this_clock() -> datetime:
    """For places at which nothing happened."""
    return datetime.now(UTC)

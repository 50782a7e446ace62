"""Says of replies that end unsent, or undelivered, that they do: in the log and as a metric. A reply that waits has its
trouble noted on it, and one that ends has nobody who would ask again."""

import structlog

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import DeliveryState
from ticket_service.domain.ticket_decision import TicketWrite
from ticket_service.metrics import REPLIES_FAILED

_NOT_EXPLAINED = "NOT_EXPLAINED"
_log = structlog.get_logger(__name__)


def note_ends(write: TicketWrite) -> None:
    """Call it once what was decided is committed: a decision may be asked for several times."""
    for entry in write.entries:
        ids = {"message_id": entry.subject_id, "ticket_id": write.ticket.ticket_id}
        if entry.action == AuditAction.MESSAGE_CANCELLED:
            _log.info("a scheduled reply was cancelled", **ids, why=entry.details["why"])
        elif _failed(entry):
            reason, before = _reason(entry), entry.details["from"]
            _log.warning("a reply has failed", **ids, reason=reason, before=before)
            REPLIES_FAILED.labels(before, reason).inc()


def _failed(entry: AuditEntry) -> bool:
    is_news = entry.action == AuditAction.MESSAGE_DELIVERY_CHANGED
    return is_news and entry.details["to"] == DeliveryState.FAILED.value != entry.details["from"]


def _reason(entry: AuditEntry) -> str:
    """Why Keva gave it up, or Twilio's error code."""
    code = entry.details.get("error_code", "")
    return entry.details.get("reason") or (f"TWILIO_{code}" if code else _NOT_EXPLAINED)

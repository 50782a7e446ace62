"""Events, and who asks for them."""

from datetime import UTC

from keva.ticket.v1 import event_service_pb2 as pb
from servicekit.rpc.proto_values import require, timestamp
from ticket_service import errors
from ticket_service.domain.audit import AuditRecord
from ticket_service.domain.events.event import EventFilter
from ticket_service.rpc.convert_messages import message_to_proto
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.rpc.convert_values import actor_to_proto
from ticket_service.use_cases.events.following import Progress, Wish


def wish_from_proto(request: pb.WatchEventsRequest | pb.ListEventsRequest) -> Wish:
    """Raises FIELD_REQUIRED and FIELD_INVALID."""
    require(request, "organization_id")
    try:
        start = request.start_time.ToDatetime(UTC) if request.HasField("start_time") else None
    except (OverflowError, ValueError):
        raise errors.invalid("start_time", "is out of range") from None
    return Wish(
        EventFilter(request.organization_id, request.workspace_id, frozenset(request.types)),
        request.resume_token,
        start,
        request.include_ticket,
        request.include_message,
    )


def events_to_proto(progress: Progress) -> list[pb.Event]:
    return [_event_to_proto(record, progress) for record in progress.events]


def _event_to_proto(record: AuditRecord, progress: Progress) -> pb.Event:
    entry = record.entry
    ticket, message = progress.tickets.get(record.ticket_id), progress.messages.get(entry.subject_id)
    return pb.Event(
        event_id=record.audit_record_id,
        type=entry.action,
        organization_id=record.organization_id,
        workspace_id=record.workspace_id,
        ticket_id=record.ticket_id,
        sequence=record.sequence,
        event_time=timestamp(entry.time),
        actor=actor_to_proto(entry.actor),
        subject_id=entry.subject_id,
        details=entry.details,
        ticket=ticket_to_proto(ticket) if ticket else None,
        message=message_to_proto(message) if message else None,
    )

"""Times to wake, tags with their counts, and what became of each ticket of a batch."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import error_reason_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from ticket_service import errors
from ticket_service.domain.work.tags import TagCount
from ticket_service.rpc.convert_tickets import ticket_to_proto
from ticket_service.use_cases.work.batches import TicketOutcome


def snooze_time_from_proto(
    request: pb.SnoozeTicketRequest | pb.BatchUpdateTicketsRequest.Snooze,
) -> datetime | None:
    """None: until the customer's next text alone. Raises FIELD_INVALID."""
    return _time_from_proto(request.snooze_until, "snooze_until") if request.HasField("snooze_until") else None


def _time_from_proto(time: Timestamp, field: str) -> datetime:
    try:
        return time.ToDatetime(UTC)
    except (OverflowError, ValueError):
        raise errors.invalid(field, "is out of range") from None


def tag_count_to_proto(count: TagCount) -> pb.TagCount:
    return pb.TagCount(tag=count.tag, ticket_count=count.tickets)


def ticket_outcome_to_proto(outcome: TicketOutcome) -> pb.TicketOutcome:
    result = outcome.result
    if isinstance(result, Exception):
        failure = pb.TicketFailure(
            reason=error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{result.reason}"),
            message=result.message,
            metadata=result.metadata,
        )
        return pb.TicketOutcome(ticket_id=outcome.ticket_id, failure=failure)
    return pb.TicketOutcome(ticket_id=outcome.ticket_id, ticket=ticket_to_proto(result))

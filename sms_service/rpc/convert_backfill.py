"""Comparisons with Twilio's log as protobuf messages, and back."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import structlog
from google.protobuf import duration_pb2

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, error_reason_pb2, ticket_service_pb2
from servicekit.errors import invalid
from servicekit.masking import mask
from servicekit.rpc.proto_values import timestamp
from sms_service.domain.backfill_number import Comparison, NumberStatus, SubscribedNumber

_log = structlog.get_logger(__name__)


def since_from_proto(request: pb.BackfillMessagesRequest) -> datetime | None:
    """Where to begin; None: where the last comparison ended. Raises FIELD_INVALID."""
    if not request.HasField("since_time"):
        return None
    try:
        return request.since_time.ToDatetime(UTC)
    except (OverflowError, ValueError):
        raise invalid("since_time", "is out of range") from None


def readable_numbers(numbers: Iterable[channel_service_pb2.SubscribedNumber]) -> Iterator[SubscribedNumber]:
    """Numbers whose texts become tickets; one that cannot be read keeps no other waiting."""
    for number in numbers:
        try:
            since = number.subscribe_time.ToDatetime(UTC)
        except (OverflowError, ValueError):
            _log.error("a subscribed number cannot be read", number=mask(number.phone_number))
            continue
        yield SubscribedNumber(number.organization_id, number.account_sid, number.phone_number, since)


def comparison_to_proto(comparison: Comparison) -> pb.BackfillMessagesResponse:
    """What came of comparing a number with Twilio's log."""
    return pb.BackfillMessagesResponse(
        compared=comparison.compared,
        recovered=comparison.recovered,
        refused=comparison.refused,
        continue_time=timestamp(comparison.continue_time),
    )


def refusal_from_proto(outcome: ticket_service_pb2.IngestOutcome) -> str:
    """The reason why a text is not stored, or empty."""
    if outcome.WhichOneof("result") == "stored":
        return ""
    reason = outcome.refused.reason
    known = reason in error_reason_pb2.ErrorReason.values()
    return error_reason_pb2.ErrorReason.Name(reason).removeprefix("ERROR_REASON_") if known else "UNKNOWN"


def status_to_proto(status: NumberStatus, behind: bool) -> pb.NumberComparison:
    """How a number stands with Twilio's log."""
    ahead = status.clock_ahead.total_seconds()
    return pb.NumberComparison(
        account_sid=status.account_sid,
        phone_number=status.phone_number,
        compare_time=timestamp(status.compared_time),
        behind=behind,
        trouble=status.trouble,
        not_taken_in=status.refused,
        not_taken_in_sids=status.refused_sids,
        not_taken_in_time=timestamp(status.refused_time),
        clock_ahead=duration_pb2.Duration(seconds=round(ahead)) if ahead else None,
    )

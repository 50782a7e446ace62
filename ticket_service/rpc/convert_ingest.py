"""Texts on their way in, and what became of them."""

from datetime import UTC, datetime

from keva.ticket.v1 import error_reason_pb2, message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto
from ticket_service.domain.customer import Location
from ticket_service.domain.ingest_plan import Outcome, RefusedText
from ticket_service.domain.message import InboundText, Media, MediaState
from ticket_service.domain.texts.keyword import Keyword

_OPT_OUT = {
    message_pb2.OPT_OUT_TYPE_STOP: Keyword.STOP,
    message_pb2.OPT_OUT_TYPE_START: Keyword.START,
    message_pb2.OPT_OUT_TYPE_HELP: Keyword.HELP,
}


def inbound_text_from_proto(message: message_pb2.InboundMessage, organization_id: str) -> InboundText:
    """A text, whatever it holds: what cannot be used of it is left out."""
    return InboundText(
        organization_id=organization_id,
        account_sid=message.account_sid,
        twilio_message_sid=message.twilio_message_sid,
        customer_address=message.customer_address,
        channel_address=message.channel_address,
        text=message.text,
        location=Location(message.city, message.state, message.country, message.zip),
        # What else there is to say of an attachment comes later.
        media=tuple(Media(item.url, item.content_type, MediaState.PENDING) for item in message.media),
        opt_out_type=_OPT_OUT.get(message.opt_out_type),
        sent_time=_sent_time(message),
        recovered=message.recovered,
        fallback_error_code=message.fallback_error_code,
    )


def _sent_time(message: message_pb2.InboundMessage) -> datetime | None:
    """None when it is not given, or not valid: a text is not lost, and its neighbours are not, for its time."""
    try:
        return message.sent_time.ToDatetime(UTC) if message.HasField("sent_time") else None
    except (OverflowError, ValueError):
        return None


def outcome_to_proto(outcome: Outcome) -> pb.IngestOutcome:
    """What became of a text."""
    if isinstance(outcome, RefusedText):
        reason = enum_to_proto(error_reason_pb2.ErrorReason, outcome.reason)
        return pb.IngestOutcome(refused=pb.RefusedMessage(reason=reason, detail=outcome.detail))
    stored = pb.StoredMessage(
        message_id=outcome.message_id,
        workspace_id=outcome.workspace_id,
        ticket_id=outcome.ticket_id,
        duplicate=outcome.duplicate,
        ticket_created=outcome.ticket_created,
    )
    return pb.IngestOutcome(stored=stored)

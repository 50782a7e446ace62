"""Messages and replies, their deliveries and media, and news of these."""

from datetime import UTC, datetime

from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto, enum_to_proto, timestamp
from ticket_service import errors
from ticket_service.domain.message import Delivery, DeliveryState, DeliveryUpdate, Media, MediaState, Message
from ticket_service.rpc.convert_values import actor_to_proto
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent


def message_to_proto(message: Message) -> message_pb2.Message:
    return message_pb2.Message(
        message_id=message.message_id,
        workspace_id=message.workspace_id,
        ticket_id=message.ticket_id,
        customer_id=message.customer_id,
        channel_id=message.channel_id,
        direction=enum_to_proto(message_pb2.MessageDirection, message.direction.value),
        author=actor_to_proto(message.author),
        text=message.text,
        message_time=timestamp(message.message_time),
        create_time=timestamp(message.create_time),
        twilio_message_sid=message.twilio_message_sid,
        media=map(_media_to_proto, message.media),
        delivery=delivery_to_proto(message.delivery) if message.delivery else None,
        recovered=message.recovered,
        erase_time=timestamp(message.erase_time),
        position=message.position,
        send_time=timestamp(message.send_time),
        retry_of=message.retry_of,
        retried_by=message.retried_by,
        consent_basis=message.consent_basis,
        mentions=message.mentions,
        seen_position=message.seen_position,
    )


def reply_content_from_proto(request: pb.ReplyToTicketRequest) -> ReplyContent:
    """What to text, and when."""
    return ReplyContent(request.text, tuple(request.media_urls), request.split, send_time_from_proto(request))


def send_time_from_proto(request: "pb.ReplyToTicketRequest | pb.StartConversationRequest") -> datetime | None:
    """When to send it, to the millisecond, as the database keeps it; None is now. Raises FIELD_INVALID."""
    if not request.HasField("send_time"):
        return None
    try:
        time = request.send_time.ToDatetime(UTC)
    except ValueError:
        raise errors.invalid("send_time", "is not a valid time") from None
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def delivery_to_proto(delivery: Delivery) -> message_pb2.Delivery:
    return message_pb2.Delivery(
        state=enum_to_proto(message_pb2.DeliveryState, delivery.state.value),
        error_code=delivery.error_code,
        error_text=delivery.error_text,
        segments=delivery.segments,
        update_time=timestamp(delivery.update_time),
        temporary=delivery.temporary,
        presumed=delivery.presumed,
    )


def delivery_update_from_proto(update: message_pb2.DeliveryUpdate) -> DeliveryUpdate:
    """News of a reply. Raises FIELD_REQUIRED and FIELD_INVALID."""
    return DeliveryUpdate(
        message_id=update.message_id,
        state=enum_from_proto(message_pb2.DeliveryState, update.state, DeliveryState, "update.state"),
        twilio_message_sid=update.twilio_message_sid,
        error_code=update.error_code,
        error_text=update.error_text,
        segments=update.segments,
        opted_out=update.opted_out,
        temporary=update.temporary,
        presumed=update.presumed,
    )


def _media_to_proto(item: Media) -> message_pb2.MediaItem:
    return message_pb2.MediaItem(
        url=item.url,
        content_type=item.content_type,
        media_id=item.media_id,
        state=enum_to_proto(message_pb2.MediaState, item.state.value if item.state else ""),
        size_bytes=item.size_bytes,
        error_text=item.error_text,
    )


def media_news_from_proto(item: message_pb2.MediaItem) -> Media:
    """What became of an attachment. Raises FIELD_REQUIRED and FIELD_INVALID."""
    if not item.url:
        raise errors.required("media.url")
    state = enum_from_proto(message_pb2.MediaState, item.state, MediaState, "media.state")
    if state is MediaState.STORED and not item.media_id:
        raise errors.required("media.media_id")
    return Media(item.url, item.content_type, state, item.media_id, item.size_bytes, item.error_text)

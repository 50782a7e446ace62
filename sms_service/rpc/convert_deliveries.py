"""Replies to send and what became of them as protobuf messages, and back."""

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from servicekit.rpc.proto_values import enum_to_proto
from sms_service.domain.delivery import Delivery
from sms_service.use_cases.erasure import ErasedMessages
from sms_service.use_cases.sending import Reply


def reply_from_proto(request: pb.SendMessageRequest) -> Reply:
    """A reply to send."""
    return Reply(
        organization_id=request.organization_id,
        workspace_id=request.workspace_id,
        message_id=request.message_id,
        account_sid=request.account_sid,
        from_address=request.from_address,
        to_address=request.to_address,
        text=request.text,
        segments_per_second=request.segments_per_second,
        media_urls=tuple(request.media_urls),
    )


def delivery_to_proto(delivery: Delivery) -> message_pb2.DeliveryUpdate:
    """What became of a reply, as ticket_service takes it."""
    return message_pb2.DeliveryUpdate(
        message_id=delivery.message_id,
        state=enum_to_proto(message_pb2.DeliveryState, delivery.state),
        twilio_message_sid=delivery.message_sid,
        error_code=delivery.error_code,
        error_text=delivery.error_text,
        segments=delivery.segments,
        opted_out=delivery.opted_out,
        temporary=delivery.temporary,
        presumed=delivery.presumed,
    )


def erased_messages_from_proto(request: pb.EraseMessagesRequest) -> ErasedMessages:
    """Which messages to erase."""
    return ErasedMessages(
        request.organization_id,
        request.workspace_id,
        request.account_sid,
        tuple(request.twilio_message_sids),
        tuple(request.message_ids),
    )

"""Webhooks, verdicts, deliveries and numbers as protobuf messages, and back."""

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from keva.sms.v1 import error_reason_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from sms_service import errors
from sms_service.credential import ConnectedAccount
from sms_service.delivery import Delivery
from sms_service.inbound import InboundMessage, Refused, Webhook
from sms_service.inbound_route import RoutedNumber
from sms_service.sender import Reply
from sms_service.webhooks import VerifiedMessage

_OPT_OUT_TYPES = {"STOP", "START", "HELP"}


def require(request: Message, *fields: str) -> None:
    """Raises FIELD_REQUIRED for the first of `fields` that is empty."""
    for field in fields:
        if not getattr(request, field):
            raise errors.required(field)


def to_webhook(webhook: pb.Webhook) -> Webhook:
    """A request of Twilio's."""
    return Webhook(webhook.url, webhook.signature, tuple((p.name, p.value) for p in webhook.parameters))


def from_inbound_verdict(verdict: VerifiedMessage | Refused) -> pb.InboundVerdict:
    """What a webhook turned out to be."""
    if isinstance(verdict, Refused):
        return pb.InboundVerdict(refusal=_refusal(verdict))
    verified = pb.VerifiedInboundMessage(
        organization_id=verdict.organization_id, message=_from_message(verdict.message)
    )
    return pb.InboundVerdict(verified=verified)


def from_delivery_verdict(verdict: Delivery | Refused) -> pb.DeliveryVerdict:
    """What a status callback turned out to be."""
    if isinstance(verdict, Refused):
        return pb.DeliveryVerdict(refusal=_refusal(verdict))
    verified = pb.VerifiedDelivery(
        organization_id=verdict.organization_id,
        workspace_id=verdict.workspace_id,
        update=from_delivery(verdict),
    )
    return pb.DeliveryVerdict(verified=verified)


def _refusal(refused: Refused) -> pb.Refusal:
    reason = error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{refused.reason}")
    return pb.Refusal(reason=reason, field=refused.field)


def _from_message(message: InboundMessage) -> message_pb2.InboundMessage:
    opt_out = message.opt_out_type if message.opt_out_type in _OPT_OUT_TYPES else "UNSPECIFIED"
    return message_pb2.InboundMessage(
        account_sid=message.account_sid,
        twilio_message_sid=message.message_sid,
        customer_address=message.customer_address,
        channel_address=message.channel_address,
        text=message.text,
        city=message.city,
        state=message.state,
        country=message.country,
        zip=message.zip,
        media=[message_pb2.MediaItem(url=url, content_type=media_type) for url, media_type in message.media],
        opt_out_type=message_pb2.OptOutType.Value(f"OPT_OUT_TYPE_{opt_out}"),
        fallback_error_code=message.fallback_error_code,
    )


def from_delivery(delivery: Delivery) -> message_pb2.DeliveryUpdate:
    """What became of a reply, as ticket_service takes it."""
    return message_pb2.DeliveryUpdate(
        message_id=delivery.message_id,
        state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{delivery.state}"),
        twilio_message_sid=delivery.message_sid,
        error_code=delivery.error_code,
        error_text=delivery.error_text,
        segments=delivery.segments,
    )


def to_reply(request: pb.SendMessageRequest) -> Reply:
    """A reply to send."""
    return Reply(
        organization_id=request.organization_id,
        workspace_id=request.workspace_id,
        message_id=request.message_id,
        account_sid=request.account_sid,
        from_address=request.from_address,
        to_address=request.to_address,
        text=request.text,
    )


def from_account(account: ConnectedAccount) -> pb.TwilioAccount:
    """An account, without its secrets."""
    connected = Timestamp()
    connected.FromDatetime(account.connect_time)
    return pb.TwilioAccount(
        account_sid=account.account_sid,
        organization_id=account.organization_id,
        display_name=account.display_name,
        auth_token_last_four=account.last_four,
        connect_time=connected,
    )


def from_number(routed: RoutedNumber) -> pb.PhoneNumber:
    """A number that an account owns, and where its texts go."""
    number = routed.number
    return pb.PhoneNumber(
        phone_number=number.phone_number,
        phone_number_sid=number.phone_number_sid,
        account_sid=number.account_sid,
        display_name=number.display_name,
        sms_capable=number.sms_capable,
        mms_capable=number.mms_capable,
        sms_url=number.urls.url,
        sms_fallback_url=number.urls.fallback_url,
        inbound_route=pb.InboundRoute.Value(f"INBOUND_ROUTE_{routed.route.name}"),
        messaging_service_sid=routed.messaging_service_sid,
    )

"""Webhooks and what they turned out to be as protobuf messages, and back."""

from keva.sms.v1 import error_reason_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto
from sms_service.domain.delivery import Delivery
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.rpc.convert_deliveries import delivery_to_proto
from sms_service.rpc.convert_messages import inbound_message_to_proto
from sms_service.use_cases.webhooks import VerifiedMessage


def webhook_from_proto(webhook: pb.Webhook) -> Webhook:
    """A request of Twilio's."""
    parameters = tuple((parameter.name, _value_from_proto(parameter)) for parameter in webhook.parameters)
    return Webhook(webhook.url, webhook.signature, parameters, webhook.signature_settings)


def _value_from_proto(parameter: pb.Parameter) -> str:
    """The value as it came: there may be halves of characters in it, which have no UTF-8 form."""
    try:
        return parameter.raw_value.decode("utf-8", "surrogatepass") or parameter.value
    except UnicodeDecodeError:
        return parameter.value


def inbound_verdict_to_proto(verdict: VerifiedMessage | WebhookRefused) -> pb.InboundVerdict:
    """What the webhook of a text turned out to be."""
    if isinstance(verdict, WebhookRefused):
        return pb.InboundVerdict(refusal=_refusal_to_proto(verdict))
    message = inbound_message_to_proto(verdict.message)
    verified = pb.VerifiedInboundMessage(organization_id=verdict.organization_id, message=message)
    return pb.InboundVerdict(verified=verified)


def delivery_verdict_to_proto(verdict: Delivery | WebhookRefused) -> pb.DeliveryVerdict:
    """What a status callback turned out to be."""
    if isinstance(verdict, WebhookRefused):
        return pb.DeliveryVerdict(refusal=_refusal_to_proto(verdict))
    verified = pb.VerifiedDelivery(
        organization_id=verdict.organization_id,
        workspace_id=verdict.workspace_id,
        update=delivery_to_proto(verdict),
    )
    return pb.DeliveryVerdict(verified=verified)


def _refusal_to_proto(refused: WebhookRefused) -> pb.Refusal:
    return pb.Refusal(reason=enum_to_proto(error_reason_pb2.ErrorReason, refused.reason), field=refused.field)

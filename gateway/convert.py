"""The only module that knows protobuf: webhooks on their way out, verdicts and outcomes on their way in."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.form import Parameters
from keva.sms.v1 import error_reason_pb2 as sms_reason
from keva.sms.v1 import sms_service_pb2 as sms_pb
from keva.ticket.v1 import error_reason_pb2 as ticket_reason
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as ticket_pb
from servicekit.encodable import encodable

_PREFIX = "ERROR_REASON_"


@dataclass(frozen=True)
class SignedWebhook:
    """One request of Twilio's, exactly as it came; `url` is the one that Twilio signed."""

    url: str
    signature: str
    signature_settings: str
    parameters: Parameters


@dataclass(frozen=True)
class Refusal:
    """Why a webhook is not accepted; `field` is the parameter at fault, or empty."""

    reason: str
    field: str = ""


@dataclass(frozen=True)
class VerifiedText:
    """A text whose signature is right, in the form that ticket_service takes."""

    organization_id: str
    message: message_pb2.InboundMessage


@dataclass(frozen=True)
class VerifiedDelivery:
    """News of a reply whose signature is right, in the form that ticket_service takes."""

    workspace_id: str
    update: message_pb2.DeliveryUpdate


@dataclass(frozen=True)
class Stored:
    """A text that is on a majority of the database's journals; `duplicate`: since an earlier webhook."""

    duplicate: bool


def webhook_to_proto(webhook: SignedWebhook) -> sms_pb.Webhook:
    """A webhook's message."""
    return sms_pb.Webhook(
        url=webhook.url,
        signature=webhook.signature,
        signature_settings=webhook.signature_settings,
        parameters=[_parameter_to_proto(name, value) for name, value in webhook.parameters],
    )


def _parameter_to_proto(name: str, value: str) -> sms_pb.Parameter:
    written = encodable(value)
    # What Twilio signed, where that cannot be written as text.
    raw = b"" if written == value else value.encode("utf-8", "surrogatepass")
    return sms_pb.Parameter(name=name, value=written, raw_value=raw)


def text_verdict_from_proto(verdict: sms_pb.InboundVerdict) -> VerifiedText | Refusal:
    """What a webhook turned out to be."""
    if verdict.WhichOneof("result") == "verified":
        return VerifiedText(verdict.verified.organization_id, verdict.verified.message)
    return _refusal_from_proto(verdict.refusal)


def delivery_verdict_from_proto(verdict: sms_pb.DeliveryVerdict) -> VerifiedDelivery | Refusal:
    """What a status callback turned out to be."""
    if verdict.WhichOneof("result") == "verified":
        return VerifiedDelivery(verdict.verified.workspace_id, verdict.verified.update)
    return _refusal_from_proto(verdict.refusal)


def _refusal_from_proto(refusal: sms_pb.Refusal) -> Refusal:
    return Refusal(_name(sms_reason.ErrorReason.items(), refusal.reason), refusal.field)


def outcome_from_proto(outcome: ticket_pb.IngestOutcome) -> Stored | Refusal:
    """What became of a text."""
    if outcome.WhichOneof("result") == "stored":
        return Stored(outcome.stored.duplicate)
    return Refusal(_name(ticket_reason.ErrorReason.items(), outcome.refused.reason))


def _name(reasons: Iterable[tuple[str, int]], number: int) -> str:
    """A reason's name; UNKNOWN for one that a newer peer has: it must not fail the other webhooks of the same call."""
    return next((name.removeprefix(_PREFIX) for name, value in reasons if value == number), "UNKNOWN")

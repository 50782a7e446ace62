"""The only module that knows protobuf: webhooks on their way out, verdicts and outcomes on their way in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.form import Parameters
from keva.sms.v1 import error_reason_pb2 as sms_reason
from keva.sms.v1 import sms_service_pb2 as sms_pb
from keva.ticket.v1 import attestation_pb2, message_pb2
from keva.ticket.v1 import error_reason_pb2 as ticket_reason
from keva.ticket.v1 import ticket_service_pb2 as ticket_pb
from servicekit.encodable import encodable

_PREFIX = "ERROR_REASON_"
_SMS_STORE = "SMS_STORE_UNAVAILABLE"


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
    """A text whose signature is right, in the form that ticket_service takes, and what it believes of that:
    sms_service's `statement`, which is among those of the `attestation`. An older sms_service makes neither."""

    organization_id: str
    message: message_pb2.InboundMessage
    statement: bytes = b""
    attestation: attestation_pb2.Attestation | None = None


@dataclass(frozen=True)
class VerifiedDelivery:
    """News of a reply whose signature is right, in the form that ticket_service takes, and what it believes of that."""

    workspace_id: str
    update: message_pb2.DeliveryUpdate
    statement: bytes = b""
    attestation: attestation_pb2.Attestation | None = None


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


def text_verdicts_from_proto(answer: sms_pb.VerifyInboundMessagesResponse) -> list[VerifiedText | Refusal]:
    """What webhooks turned out to be, in order."""
    attestation = answer.attestation if answer.HasField("attestation") else None
    return [
        VerifiedText(one.verified.organization_id, one.verified.message, one.verified.statement, attestation)
        if one.WhichOneof("result") == "verified"
        else _refusal_from_proto(one.refusal)
        for one in answer.verdicts
    ]


def delivery_verdicts_from_proto(answer: sms_pb.VerifyDeliveryCallbacksResponse) -> list[VerifiedDelivery | Refusal]:
    """What status callbacks turned out to be, in order."""
    attestation = answer.attestation if answer.HasField("attestation") else None
    return [
        VerifiedDelivery(one.verified.workspace_id, one.verified.update, one.verified.statement, attestation)
        if one.WhichOneof("result") == "verified"
        else _refusal_from_proto(one.refusal)
        for one in answer.verdicts
    ]


def texts_to_proto(organization_id: str, texts: Sequence[VerifiedText]) -> ticket_pb.IngestMessagesRequest:
    """Texts of one organization, each attestation once: those that were verified together share one."""
    attestations = {id(text.attestation): text.attestation for text in texts if text.attestation is not None}
    return ticket_pb.IngestMessagesRequest(
        organization_id=organization_id,
        messages=[text.message for text in texts],
        statements=[text.statement for text in texts],
        attestations=attestations.values(),
    )


def delivery_to_proto(delivery: VerifiedDelivery) -> ticket_pb.RecordDeliveryRequest:
    """News of a reply."""
    return ticket_pb.RecordDeliveryRequest(
        workspace_id=delivery.workspace_id,
        update=delivery.update,
        statement=delivery.statement,
        attestation=delivery.attestation,
    )


def _refusal_from_proto(refusal: sms_pb.Refusal) -> Refusal:
    reason = _name(sms_reason.ErrorReason.items(), refusal.reason)
    return Refusal(_SMS_STORE if reason == "STORE_UNAVAILABLE" else reason, refusal.field)


def outcome_from_proto(outcome: ticket_pb.IngestOutcome) -> Stored | Refusal:
    """What became of a text."""
    if outcome.WhichOneof("result") == "stored":
        return Stored(outcome.stored.duplicate)
    return Refusal(_name(ticket_reason.ErrorReason.items(), outcome.refused.reason))


def _name(reasons: Iterable[tuple[str, int]], number: int) -> str:
    """A reason's name; UNKNOWN for one that a newer peer has: it must not fail the other webhooks of the same call."""
    return next((name.removeprefix(_PREFIX) for name, value in reasons if value == number), "UNKNOWN")

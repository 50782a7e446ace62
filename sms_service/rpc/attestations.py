"""Verdicts with what ticket_service believes of them: each with its statement, and one attestation for all of a call,
since most of its cost is the signature."""

from collections.abc import Callable, Iterable, Sequence

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import attestation_pb2
from servicekit.attestation.signer import Signer
from servicekit.attestation.statements import digest
from sms_service.domain.delivery import Delivery
from sms_service.domain.webhook import WebhookRefused
from sms_service.rpc.convert_webhooks import delivery_verdict_to_proto, inbound_verdict_to_proto
from sms_service.use_cases.webhooks import VerifiedMessage

_TEXT = attestation_pb2.AttestedText.DESCRIPTOR.full_name
_DELIVERY = attestation_pb2.AttestedDelivery.DESCRIPTOR.full_name


class AttestedVerdicts:
    """Verdicts as they are answered."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def of_texts(self, verdicts: Sequence[VerifiedMessage | WebhookRefused]) -> pb.VerifyInboundMessagesResponse:
        """Those of inbound webhooks."""
        answer = pb.VerifyInboundMessagesResponse(verdicts=map(inbound_verdict_to_proto, verdicts))
        verified = [verdict.verified for verdict in answer.verdicts if verdict.HasField("verified")]
        for one in verified:
            text = attestation_pb2.AttestedText(organization_id=one.organization_id, message=one.message)
            one.statement = text.SerializeToString()
        self._attest(_TEXT, [one.statement for one in verified], answer.attestation.MergeFrom)
        return answer

    def of_deliveries(self, verdicts: Sequence[Delivery | WebhookRefused]) -> pb.VerifyDeliveryCallbacksResponse:
        """Those of status callbacks."""
        answer = pb.VerifyDeliveryCallbacksResponse(verdicts=map(delivery_verdict_to_proto, verdicts))
        verified = [verdict.verified for verdict in answer.verdicts if verdict.HasField("verified")]
        for one in verified:
            delivery = attestation_pb2.AttestedDelivery(
                organization_id=one.organization_id, workspace_id=one.workspace_id, update=one.update
            )
            one.statement = delivery.SerializeToString()
        self._attest(_DELIVERY, [one.statement for one in verified], answer.attestation.MergeFrom)
        return answer

    def _attest(
        self, kind: str, statements: Iterable[bytes], put: Callable[[attestation_pb2.Attestation], None]
    ) -> None:
        digests = [digest(kind, statement) for statement in statements]
        if not digests:
            # What is refused needs nobody's word, and strangers' webhooks must cost no signature.
            return
        made = self._signer.attest(digests)
        put(attestation_pb2.Attestation(digests=made.digests, signature=made.signature, certificates=made.certificates))

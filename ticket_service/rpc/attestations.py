"""What may be believed of texts and delivery reports: what sms_service says itself, and what it has attested, whoever
passes that on."""

from collections.abc import Iterable
from typing import TypeVar

import structlog
from google.protobuf.message import DecodeError, Message
from prometheus_client import Counter

from keva.ticket.v1 import attestation_pb2, message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.attestation.checker import Checker
from servicekit.attestation.statements import Attestation, digest
from servicekit.rpc.identity import Caller
from servicekit.rpc.rpc_policy import RpcPolicy
from ticket_service import errors
from ticket_service.domain.ingest_plan import RefusedText
from ticket_service.domain.message import InboundText
from ticket_service.rpc.convert_ingest import inbound_text_from_proto

Statement = TypeVar("Statement", bound=Message)
REFUSED = Counter(
    "keva_attestations_refused",
    "Texts and delivery reports that sms_service has not attested: somebody invents them, or an upgrade is under way",
    ["kind"],
)
_log = structlog.get_logger(__name__)


class Attestations:
    """Decides by the caller, and by the attestations that it brings."""

    def __init__(self, policy: RpcPolicy, checker: Checker) -> None:
        self._policy = policy
        self._checker = checker

    def texts(self, request: pb.IngestMessagesRequest, caller: Caller | None) -> list[InboundText | RefusedText]:
        """One per message, in order: as the caller has it, if the caller is believed, else as it was attested. What was
        not, or not for this organization, is refused (ATTESTATION_INVALID) by itself."""
        organization_id = request.organization_id
        if self._policy.believes(caller):
            return [inbound_text_from_proto(message, organization_id) for message in request.messages]
        attested = self._attested(request.attestations)
        texts: list[InboundText | RefusedText] = []
        for place in range(len(request.messages)):
            statement = request.statements[place] if place < len(request.statements) else b""
            said = _read(attestation_pb2.AttestedText(), statement, attested)
            if said is None or said.organization_id != organization_id:
                texts.append(_refused(caller))
            else:
                texts.append(inbound_text_from_proto(said.message, organization_id))
        return texts

    def update(self, request: pb.RecordDeliveryRequest, caller: Caller | None) -> message_pb2.DeliveryUpdate:
        """News of a reply, likewise. Raises PermissionDenied ATTESTATION_INVALID."""
        if self._policy.believes(caller):
            return request.update
        said = _read(attestation_pb2.AttestedDelivery(), request.statement, self._attested([request.attestation]))
        if said is None or said.workspace_id != request.workspace_id:
            _count("delivery", caller)
            raise errors.attestation_invalid()
        return said.update

    def _attested(self, attestations: Iterable[attestation_pb2.Attestation]) -> frozenset[bytes]:
        return self._checker.attested(Attestation(a.digests, a.signature, a.certificates) for a in attestations)


def _read(form: Statement, statement: bytes, attested: frozenset[bytes]) -> Statement | None:
    """The statement, if it is attested as one of that form."""
    if not statement or digest(form.DESCRIPTOR.full_name, statement) not in attested:
        return None
    try:
        form.ParseFromString(statement)
    except DecodeError:
        return None
    return form


def _refused(caller: Caller | None) -> RefusedText:
    _count("text", caller)
    return RefusedText("ATTESTATION_INVALID", str(errors.attestation_invalid()))


def _count(kind: str, caller: Caller | None) -> None:
    REFUSED.labels(kind).inc()
    _log.error("not attested by sms_service", kind=kind, caller=str(caller))

"""Protobuf messages of the audit trail's verification as domain objects, and back."""

from keva.ticket.v1 import audit_service_pb2 as pb
from servicekit.audit.chain import Anchor
from servicekit.audit.verification import Break
from ticket_service.domain.audit import ChainScope
from ticket_service.rpc.convert import require
from ticket_service.use_cases.audit_verifying import ExportedPart, VerifiedPart


def to_scope(request: pb.VerifyAuditTrailRequest | pb.ExportAuditTrailRequest) -> ChainScope:
    """Which chains. Raises FIELD_REQUIRED."""
    require(request, "organization_id")
    return ChainScope(request.organization_id, request.workspace_id, request.ticket_id)


def to_anchor(message: pb.AuditAnchor) -> Anchor:
    """An anchor as it was kept."""
    return Anchor(
        organization_id=message.organization_id,
        sequence=message.sequence,
        mac=message.mac,
        anchor_time=message.anchor_time,
        key_id=message.key_id,
        seal=message.seal,
    )


def from_verified(part: VerifiedPart) -> pb.VerifyAuditTrailResponse:
    """A verified part."""
    return pb.VerifyAuditTrailResponse(
        total_records=part.total,
        verified_records=part.verified,
        breaks=map(_from_break, part.breaks),
        next_page_token=part.next_page_token,
        anchor=pb.AuditAnchor(**part.anchor.as_fields()) if part.anchor else None,
    )


def from_exported(part: ExportedPart) -> pb.ExportAuditTrailResponse:
    """An exported part."""
    return pb.ExportAuditTrailResponse(
        lines=part.lines,
        total_records=part.total,
        exported_records=part.exported,
        next_page_token=part.next_page_token,
    )


def _from_break(found: Break) -> pb.AuditBreak:
    return pb.AuditBreak(
        kind=pb.AuditBreakKind.Value(f"AUDIT_BREAK_KIND_{found.kind.value}"),
        ticket_id=found.ticket_id,
        sequence=found.sequence,
        audit_record_id=found.audit_record_id,
    )

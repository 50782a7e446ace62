"""Audit records, and the verification and export of their chains."""

from datetime import UTC

from keva.ticket.v1 import audit_service_pb2 as pb
from servicekit.audit.chain import Anchor
from servicekit.audit.verification import Break
from servicekit.rpc.proto_values import enum_to_proto, require, timestamp
from ticket_service import errors
from ticket_service.domain.audit import NO_TICKET, AuditEntry, AuditRecord, ChainScope
from ticket_service.rpc.convert_values import actor_from_proto, actor_to_proto
from ticket_service.use_cases.audit.verifying import ExportedPart, VerifiedPart


def record_to_proto(record: AuditRecord) -> pb.AuditRecord:
    return pb.AuditRecord(
        audit_record_id=record.audit_record_id,
        organization_id=record.organization_id,
        workspace_id=record.workspace_id,
        ticket_id=record.ticket_id,
        sequence=record.sequence,
        record_time=timestamp(record.entry.time),
        actor=actor_to_proto(record.entry.actor),
        action=record.entry.action,
        subject_id=record.entry.subject_id,
        details=record.entry.details,
        key_id=record.key_id,
        mac=record.mac,
        organization_head=record.organization_head,
    )


def record_from_proto(message: pb.AuditRecord, organization_id: str) -> AuditRecord:
    """A record of another service, whose place in the trail is still to be given. Raises FIELD_REQUIRED and
    FIELD_INVALID."""
    actor = actor_from_proto(message.actor, "audit_records.actor")
    try:
        time = message.record_time.ToDatetime(UTC)
    except (OverflowError, ValueError):
        raise errors.invalid("audit_records.record_time", "is out of range") from None
    entry = AuditEntry(message.action, message.subject_id, actor, time, dict(message.details))
    return AuditRecord(message.audit_record_id, organization_id, message.workspace_id, NO_TICKET, 0, entry)


def chain_scope_from_proto(request: pb.VerifyAuditTrailRequest | pb.ExportAuditTrailRequest) -> ChainScope:
    """Which chains. Raises FIELD_REQUIRED."""
    require(request, "organization_id")
    return ChainScope(request.organization_id, request.workspace_id, request.ticket_id)


def anchor_from_proto(message: pb.AuditAnchor) -> Anchor:
    """An anchor as it was kept."""
    return Anchor(
        organization_id=message.organization_id,
        sequence=message.sequence,
        mac=message.mac,
        anchor_time=message.anchor_time,
        key_id=message.key_id,
        seal=message.seal,
    )


def verified_part_to_proto(part: VerifiedPart) -> pb.VerifyAuditTrailResponse:
    return pb.VerifyAuditTrailResponse(
        total_records=part.total,
        verified_records=part.verified,
        breaks=map(_break_to_proto, part.breaks),
        next_page_token=part.next_page_token,
        anchor=pb.AuditAnchor(**part.anchor.as_fields()) if part.anchor else None,
    )


def exported_part_to_proto(part: ExportedPart) -> pb.ExportAuditTrailResponse:
    return pb.ExportAuditTrailResponse(
        lines=part.lines,
        total_records=part.total,
        exported_records=part.exported,
        next_page_token=part.next_page_token,
    )


def _break_to_proto(found: Break) -> pb.AuditBreak:
    return pb.AuditBreak(
        kind=enum_to_proto(pb.AuditBreakKind, found.kind.value),
        ticket_id=found.ticket_id,
        sequence=found.sequence,
        audit_record_id=found.audit_record_id,
    )

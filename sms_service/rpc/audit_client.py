"""ticket_service's audit trail as this service sees it."""

import grpc

from keva.ticket.v1 import actor_pb2, audit_service_pb2, audit_service_pb2_grpc
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service import errors
from sms_service.domain.audit_entry import AuditEntry


class AuditClient:
    """Implements ports.audit_trail.AuditTrail."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: audit_service_pb2_grpc.AuditServiceAsyncStub = audit_service_pb2_grpc.AuditServiceStub(channel)

    async def append(self, entry: AuditEntry) -> None:
        request = audit_service_pb2.AppendAuditRecordsRequest(
            organization_id=entry.organization_id, audit_records=[audit_entry_to_proto(entry)]
        )
        try:
            await self._stub.AppendAuditRecords(request)
        except grpc.aio.AioRpcError as error:
            raise errors.of_ticket_service(as_keva_error(error)) from None


def audit_entry_to_proto(entry: AuditEntry) -> audit_service_pb2.AuditRecord:
    """An entry as AppendAuditRecords takes it."""
    kind = enum_to_proto(actor_pb2.ActorKind, entry.actor_kind.upper())
    return audit_service_pb2.AuditRecord(
        audit_record_id=entry.audit_record_id,
        organization_id=entry.organization_id,
        record_time=timestamp(entry.time),
        actor=actor_pb2.Actor(kind=kind, id=entry.actor_id),
        action=entry.action,
        subject_id=entry.subject_id,
        details=entry.details,
    )

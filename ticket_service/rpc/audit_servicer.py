"""AuditService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import audit_service_pb2 as pb
from keva.ticket.v1 import audit_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc import identity
from servicekit.rpc.proto_values import require
from ticket_service.domain.audit import AuditFilter
from ticket_service.rpc.convert_audit import (
    anchor_from_proto,
    chain_scope_from_proto,
    exported_part_to_proto,
    record_from_proto,
    record_to_proto,
    verified_part_to_proto,
)
from ticket_service.rpc.convert_values import acting
from ticket_service.use_cases.audit.trail import AuditTrail
from ticket_service.use_cases.audit.verifying import AuditVerifying

Context = grpc.aio.ServicerContext[Any, Any]


class AuditServicer(audit_service_pb2_grpc.AuditServiceServicer):
    """audit_service.proto says what each RPC does."""

    def __init__(self, trail: AuditTrail, verifying: AuditVerifying) -> None:
        self._trail = trail
        self._verifying = verifying

    async def ListAuditRecords(
        self, request: pb.ListAuditRecordsRequest, context: Context
    ) -> pb.ListAuditRecordsResponse:
        require(request, "organization_id")
        wanted = AuditFilter(request.organization_id, request.workspace_id, request.ticket_id, request.action)
        found, token = await self._trail.list_records(wanted, Page(request.page_size, request.page_token))
        return pb.ListAuditRecordsResponse(audit_records=map(record_to_proto, found), next_page_token=token)

    async def AppendAuditRecords(
        self, request: pb.AppendAuditRecordsRequest, context: Context
    ) -> pb.AppendAuditRecordsResponse:
        require(request, "organization_id")
        records = [record_from_proto(record, request.organization_id) for record in request.audit_records]
        caller = identity.of_call(context)
        await self._trail.append(request.organization_id, records, caller.name if caller else "")
        return pb.AppendAuditRecordsResponse()

    async def VerifyAuditTrail(
        self, request: pb.VerifyAuditTrailRequest, context: Context
    ) -> pb.VerifyAuditTrailResponse:
        scope, anchors = chain_scope_from_proto(request), [anchor_from_proto(anchor) for anchor in request.anchors]
        return verified_part_to_proto(await self._verifying.verify(scope, request.page_token, anchors, acting()))

    async def ExportAuditTrail(
        self, request: pb.ExportAuditTrailRequest, context: Context
    ) -> pb.ExportAuditTrailResponse:
        scope = chain_scope_from_proto(request)
        return exported_part_to_proto(await self._verifying.export(scope, request.page_token, acting()))

"""ticket_service's audit trail as the relay sees it."""

from collections.abc import Sequence

import grpc

from credentials_service.convert import audit_entry_to_proto
from credentials_service.store import AuditEntry
from keva.ticket.v1 import audit_service_pb2, audit_service_pb2_grpc
from servicekit.rpc.statuses_to_errors import as_keva_error


class AuditClient:
    """Implements audit_relay.AuditTrail."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: audit_service_pb2_grpc.AuditServiceAsyncStub = audit_service_pb2_grpc.AuditServiceStub(channel)

    async def append(self, organization_id: str, entries: Sequence[AuditEntry]) -> None:
        request = audit_service_pb2.AppendAuditRecordsRequest(
            organization_id=organization_id, audit_records=map(audit_entry_to_proto, entries)
        )
        try:
            await self._stub.AppendAuditRecords(request)
        except grpc.aio.AioRpcError as error:
            raise as_keva_error(error) from None

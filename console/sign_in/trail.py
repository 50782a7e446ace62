"""What the console adds to the audit trail, which ticket_service keeps."""

from collections.abc import Callable, Mapping
from datetime import datetime

import grpc

from client.services import Services
from console.sign_in.audit_action import AuditAction
from console.sign_in.errors import of_ticket_service
from console.sign_in.itself import AS_ITSELF
from keva.ticket.v1 import actor_pb2, audit_service_pb2
from servicekit.ids import new_id
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from servicekit.rpc.request_context import Actor


class SignInTrail:
    """Records what has to do with signing in, under the name of who did it."""

    def __init__(self, services: Services, now: Callable[[], datetime]) -> None:
        self._services = services
        self._now = now

    async def record(
        self,
        action: AuditAction,
        organization_id: str,
        agent_id: str,
        actor: Actor | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Adds a record on an agent, who did it unless `actor` says who. Raises Unavailable
        TICKET_SERVICE_UNAVAILABLE."""
        who = actor or Actor("agent", agent_id)
        record = audit_service_pb2.AuditRecord(
            audit_record_id=new_id("aud"),
            organization_id=organization_id,
            record_time=timestamp(self._now()),
            actor=actor_pb2.Actor(kind=enum_to_proto(actor_pb2.ActorKind, who.kind.upper()), id=who.id),
            action=action,
            subject_id=agent_id,
            details=details or {},
        )
        request = audit_service_pb2.AppendAuditRecordsRequest(organization_id=organization_id, audit_records=[record])
        try:
            await self._services.audit.AppendAuditRecords(request, metadata=AS_ITSELF)
        except grpc.aio.AioRpcError as error:
            raise of_ticket_service(error) from None

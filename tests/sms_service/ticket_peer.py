"""Stands for ticket_service where sms_service reports attachments and changes of numbers."""

import asyncio
from typing import Any

import grpc

from keva.ticket.v1 import (
    audit_service_pb2,
    audit_service_pb2_grpc,
    message_pb2,
    ticket_service_pb2,
    ticket_service_pb2_grpc,
)


class TicketPeer(ticket_service_pb2_grpc.TicketServiceServicer, audit_service_pb2_grpc.AuditServiceServicer):
    """Remembers what it was sent; `failures` are raised first, one for each call."""

    def __init__(self) -> None:
        self.address = ""
        self.told: asyncio.Queue[ticket_service_pb2.RecordMediaRequest] = asyncio.Queue()
        self.failures: list[Exception] = []
        self.audit_records: list[audit_service_pb2.AuditRecord] = []

    async def RecordMedia(self, request: Any, context: Any) -> ticket_service_pb2.RecordMediaResponse:
        if self.failures:
            raise self.failures.pop(0)
        await self.told.put(request)
        return ticket_service_pb2.RecordMediaResponse()

    async def AppendAuditRecords(self, request: Any, context: Any) -> audit_service_pb2.AppendAuditRecordsResponse:
        if self.failures:
            raise self.failures.pop(0)
        assert all(record.organization_id == request.organization_id for record in request.audit_records)
        self.audit_records += request.audit_records
        return audit_service_pb2.AppendAuditRecordsResponse()

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serves both services of ticket_service's that are needed."""
        ticket_service_pb2_grpc.add_TicketServiceServicer_to_server(self, server)
        audit_service_pb2_grpc.add_AuditServiceServicer_to_server(self, server)

    async def news(self) -> message_pb2.MediaItem:
        """What it was told next."""
        async with asyncio.timeout(90):
            return (await self.told.get()).media

    async def until(self, state: int) -> message_pb2.MediaItem:
        """The next news of that state; what came before is forgotten."""
        while (news := await self.news()).state != state:
            pass
        return news

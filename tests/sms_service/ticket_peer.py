"""Stands for ticket_service where sms_service reports attachments, deliveries and changes of numbers, and recovers
texts."""

import asyncio
from typing import Any

import grpc

from keva.ticket.v1 import (
    audit_service_pb2,
    audit_service_pb2_grpc,
    channel_service_pb2,
    channel_service_pb2_grpc,
    error_reason_pb2,
    message_pb2,
    ticket_service_pb2,
    ticket_service_pb2_grpc,
)
from servicekit.clock import utc_now
from servicekit.errors import Unavailable
from servicekit.rpc.proto_values import timestamp


class TicketPeer(
    ticket_service_pb2_grpc.TicketServiceServicer,
    audit_service_pb2_grpc.AuditServiceServicer,
    channel_service_pb2_grpc.ChannelServiceServicer,
):
    """Remembers what it was sent; `failures` are raised first, one for each call."""

    def __init__(self) -> None:
        self.address = ""
        self.told: asyncio.Queue[ticket_service_pb2.RecordMediaRequest] = asyncio.Queue()
        self.failures: list[Exception] = []
        self.audit_records: list[audit_service_pb2.AuditRecord] = []
        self.numbers: list[channel_service_pb2.SubscribedNumber] = []
        self.stored: dict[str, message_pb2.InboundMessage] = {}
        # By text: what is refused with that reason, and what makes every call fail that carries it.
        self.refused: dict[str, str] = {}
        self.poison: set[str] = set()
        self.deliveries: asyncio.Queue[message_pb2.DeliveryUpdate] = asyncio.Queue()
        # While it is not set, no news of a delivery is answered.
        self.answers = asyncio.Event()
        self.answers.set()
        # Without it, no news of a delivery is taken.
        self.takes_deliveries = True

    async def RecordMedia(self, request: Any, context: Any) -> ticket_service_pb2.RecordMediaResponse:
        if self.failures:
            raise self.failures.pop(0)
        await self.told.put(request)
        return ticket_service_pb2.RecordMediaResponse()

    async def RecordDelivery(self, request: Any, context: Any) -> ticket_service_pb2.RecordDeliveryResponse:
        await self.deliveries.put(request.update)
        await self.answers.wait()
        if not self.takes_deliveries:
            raise Unavailable("STORE_UNAVAILABLE", "down")
        return ticket_service_pb2.RecordDeliveryResponse()

    async def AppendAuditRecords(self, request: Any, context: Any) -> audit_service_pb2.AppendAuditRecordsResponse:
        if self.failures:
            raise self.failures.pop(0)
        assert all(record.organization_id == request.organization_id for record in request.audit_records)
        self.audit_records += request.audit_records
        return audit_service_pb2.AppendAuditRecordsResponse()

    async def ListSubscribedNumbers(
        self, request: Any, context: Any
    ) -> channel_service_pb2.ListSubscribedNumbersResponse:
        return channel_service_pb2.ListSubscribedNumbersResponse(numbers=self.numbers)

    async def FindMissingMessages(self, request: Any, context: Any) -> ticket_service_pb2.FindMissingMessagesResponse:
        now = timestamp(utc_now())
        there = {sid: now for sid in request.twilio_message_sids if sid in self.stored}
        return ticket_service_pb2.FindMissingMessagesResponse(stored_times=there)

    async def IngestMessages(self, request: Any, context: Any) -> ticket_service_pb2.IngestMessagesResponse:
        if any(message.text in self.poison for message in request.messages):
            raise RuntimeError("poisoned")
        return ticket_service_pb2.IngestMessagesResponse(outcomes=[self._ingest(m) for m in request.messages])

    def _ingest(self, message: message_pb2.InboundMessage) -> ticket_service_pb2.IngestOutcome:
        if reason := self.refused.get(message.text):
            number = error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{reason}")
            return ticket_service_pb2.IngestOutcome(refused=ticket_service_pb2.RefusedMessage(reason=number))
        self.stored[message.twilio_message_sid] = message
        return ticket_service_pb2.IngestOutcome(stored=ticket_service_pb2.StoredMessage())

    async def until_stored(self, *texts: str) -> None:
        """Once all of these texts are here."""
        async with asyncio.timeout(90):
            while True:
                if set(texts) <= {message.text for message in self.stored.values()}:
                    return
                await asyncio.sleep(0.02)

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serves the services of ticket_service's that are needed."""
        channel_service_pb2_grpc.add_ChannelServiceServicer_to_server(self, server)
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

"""Stands for ticket_service where sms_service tells it of attachments."""

import asyncio
from typing import Any

from keva.ticket.v1 import message_pb2, ticket_service_pb2, ticket_service_pb2_grpc


class TicketPeer(ticket_service_pb2_grpc.TicketServiceServicer):
    """Remembers what it was told; `failures` are raised first, one for each call."""

    def __init__(self) -> None:
        self.address = ""
        self.told: asyncio.Queue[ticket_service_pb2.RecordMediaRequest] = asyncio.Queue()
        self.failures: list[Exception] = []

    async def RecordMedia(self, request: Any, context: Any) -> ticket_service_pb2.RecordMediaResponse:
        if self.failures:
            raise self.failures.pop(0)
        await self.told.put(request)
        return ticket_service_pb2.RecordMediaResponse()

    async def news(self) -> message_pb2.MediaItem:
        """What it was told next."""
        async with asyncio.timeout(20):
            return (await self.told.get()).media

    async def until(self, state: int) -> message_pb2.MediaItem:
        """The next news of that state; what came before is forgotten."""
        while (news := await self.news()).state != state:
            pass
        return news

"""ticket_service as this service sees it."""

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import grpc

from keva.ticket.v1 import (
    channel_service_pb2,
    channel_service_pb2_grpc,
    ticket_service_pb2,
    ticket_service_pb2_grpc,
)
from servicekit.errors import OVERLOADED, Internal, InvalidArgument
from servicekit.paging import MAX_PAGE_SIZE
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service import errors
from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media
from sms_service.rpc.convert_backfill import readable_numbers, refusal_from_proto
from sms_service.rpc.convert_deliveries import delivery_to_proto
from sms_service.rpc.convert_messages import media_to_proto, missing_text_to_proto

Answer = TypeVar("Answer")

_SECONDS = 10.0
# Reasons of one text that say nothing of the text.
_FOR_NOW = frozenset({OVERLOADED, "STORE_UNAVAILABLE", "CONCURRENT_UPDATE"})


class TicketClient:
    """Implements ports.tickets.Tickets."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._tickets: ticket_service_pb2_grpc.TicketServiceAsyncStub = ticket_service_pb2_grpc.TicketServiceStub(
            channel
        )
        self._channels: channel_service_pb2_grpc.ChannelServiceAsyncStub = channel_service_pb2_grpc.ChannelServiceStub(
            channel
        )

    async def subscribed_numbers(self) -> list[SubscribedNumber]:
        numbers: list[SubscribedNumber] = []
        token = ""
        while True:
            request = channel_service_pb2.ListSubscribedNumbersRequest(page_size=MAX_PAGE_SIZE, page_token=token)
            page = await _answer(self._channels.ListSubscribedNumbers(request, timeout=_SECONDS))
            numbers += readable_numbers(page.numbers)
            token = page.next_page_token
            if not token:
                return numbers

    async def stored_times(self, number: SubscribedNumber, message_sids: Sequence[str]) -> dict[str, datetime]:
        request = ticket_service_pb2.FindMissingMessagesRequest(
            organization_id=number.organization_id,
            account_sid=number.account_sid,
            twilio_message_sids=message_sids,
        )
        answer = await _answer(self._tickets.FindMissingMessages(request, timeout=_SECONDS))
        return {sid: time.ToDatetime(UTC) for sid, time in answer.stored_times.items()}

    async def recover(self, number: SubscribedNumber, texts: Sequence[MissingText]) -> list[str]:
        """What fails a call of several texts is looked for by halves."""
        try:
            return await self._recover(number, texts)
        except (InvalidArgument, Internal) as error:
            if len(texts) == 1:
                return [error.reason]
        middle = len(texts) // 2
        return [*await self.recover(number, texts[:middle]), *await self.recover(number, texts[middle:])]

    async def _recover(self, number: SubscribedNumber, texts: Sequence[MissingText]) -> list[str]:
        request = ticket_service_pb2.IngestMessagesRequest(
            organization_id=number.organization_id, messages=[missing_text_to_proto(text, number) for text in texts]
        )
        answer = await _answer(self._tickets.IngestMessages(request, timeout=_SECONDS))
        reasons = [refusal_from_proto(outcome) for outcome in answer.outcomes]
        if not _FOR_NOW.isdisjoint(reasons):
            raise errors.ticket_service_unavailable()
        return reasons

    async def record_delivery(self, delivery: Delivery) -> None:
        request = ticket_service_pb2.RecordDeliveryRequest(
            workspace_id=delivery.workspace_id, update=delivery_to_proto(delivery)
        )
        await _answer(self._tickets.RecordDelivery(request, timeout=_SECONDS))

    async def record_media(self, media: Media) -> None:
        request = ticket_service_pb2.RecordMediaRequest(
            organization_id=media.organization_id,
            account_sid=media.account_sid,
            twilio_message_sid=media.message_sid,
            media=media_to_proto(media),
        )
        await _answer(self._tickets.RecordMedia(request, timeout=_SECONDS))


async def _answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise errors.of_ticket_service(as_keva_error(error)) from None

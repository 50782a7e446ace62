"""ticket_service as this service sees it: which numbers are subscribed, and the door for what Twilio's log holds."""

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
from servicekit.errors import KevaError, Unavailable
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service import errors
from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media
from sms_service.rpc import convert

Answer = TypeVar("Answer")

_SECONDS = 10.0
_PAGE = 200


class TicketClient:
    """Every method raises Unavailable TICKET_SERVICE_UNAVAILABLE when nobody answers; others as they say."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._tickets: ticket_service_pb2_grpc.TicketServiceAsyncStub = ticket_service_pb2_grpc.TicketServiceStub(
            channel
        )
        self._channels: channel_service_pb2_grpc.ChannelServiceAsyncStub = channel_service_pb2_grpc.ChannelServiceStub(
            channel
        )

    async def subscribed_numbers(self) -> list[SubscribedNumber]:
        """Those of all organizations."""
        numbers: list[SubscribedNumber] = []
        token = ""
        while True:
            request = channel_service_pb2.ListSubscribedNumbersRequest(page_size=_PAGE, page_token=token)
            page = await _answer(self._channels.ListSubscribedNumbers(request, timeout=_SECONDS))
            numbers += map(convert.to_subscribed_number, page.numbers)
            token = page.next_page_token
            if not token:
                return numbers

    async def stored_times(self, number: SubscribedNumber, message_sids: Sequence[str]) -> dict[str, datetime]:
        """Where those of at most 1,000 inbound texts that are stored stand in their conversations, by MessageSid."""
        request = ticket_service_pb2.FindMissingMessagesRequest(
            organization_id=number.organization_id,
            account_sid=number.account_sid,
            twilio_message_sids=message_sids,
        )
        answer = await _answer(self._tickets.FindMissingMessages(request, timeout=_SECONDS))
        return {sid: time.ToDatetime(UTC) for sid, time in answer.stored_times.items()}

    async def recover(self, number: SubscribedNumber, texts: Sequence[MissingText]) -> int:
        """Stores at most 100 texts, in their order; how many of them are stored now. Asking again is safe."""
        messages = [convert.from_missing_text(text, number) for text in texts]
        request = ticket_service_pb2.IngestMessagesRequest(
            organization_id=number.organization_id, messages=[message for message in messages if message is not None]
        )
        answer = await _answer(self._tickets.IngestMessages(request, timeout=_SECONDS))
        return sum(outcome.WhichOneof("result") == "stored" for outcome in answer.outcomes)

    async def record_delivery(self, delivery: Delivery) -> None:
        """Hands on what is known of a delivery. Raises NotFound MESSAGE_NOT_FOUND."""
        request = ticket_service_pb2.RecordDeliveryRequest(
            workspace_id=delivery.workspace_id, update=convert.from_delivery(delivery)
        )
        await _answer(self._tickets.RecordDelivery(request, timeout=_SECONDS))

    async def record_media(self, media: Media) -> None:
        """Says what became of an attachment. Raises NotFound MESSAGE_NOT_FOUND while the text is not stored."""
        request = ticket_service_pb2.RecordMediaRequest(
            organization_id=media.organization_id,
            account_sid=media.account_sid,
            twilio_message_sid=media.message_sid,
            media=convert.from_media(media),
        )
        await _answer(self._tickets.RecordMedia(request, timeout=_SECONDS))


async def _answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise _own_error(as_keva_error(error)) from None


def _own_error(error: KevaError) -> KevaError:
    """The error as keva.sms.v1 has it."""
    return errors.ticket_service_unavailable() if isinstance(error, Unavailable) else error

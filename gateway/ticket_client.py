"""ticket_service as the webhooks see it: texts are stored, deliveries are recorded."""

import functools

import grpc

from gateway import convert
from gateway.convert import Refusal, Stored, VerifiedDelivery, VerifiedText
from gateway.errors import peer_failed
from gateway.shared_calls import SharedCalls
from keva.ticket.v1 import ticket_service_pb2_grpc

_PEER = "ticket_service"
# Deliveries are recorded one by one.
_DELIVERIES_IN_FLIGHT = 32

_Ingest = SharedCalls[VerifiedText, Stored | Refusal]
_Record = SharedCalls[VerifiedDelivery, None]


class TicketClient:
    """Stores what is verified; the texts of one organization share calls."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = ticket_service_pb2_grpc.TicketServiceStub(channel)
        # Only organizations with a text on its way are here.
        self._ingest: dict[str, _Ingest] = {}
        self._record = _Record(_PEER, self._record_one, 1, _DELIVERIES_IN_FLIGHT)

    async def ingest(self, text: VerifiedText, deadline: float) -> Stored | Refusal:
        """Stores a text, durably. Raises a KevaError, at `deadline` at the latest: then it may be stored or not, and
        it is safe to ask again."""
        organization_id = text.organization_id
        calls = self._ingest.get(organization_id)
        if calls is None:
            call = functools.partial(self._ingest_messages, organization_id)
            calls = self._ingest[organization_id] = _Ingest(_PEER, call)
        try:
            return await calls.ask(text, deadline)
        finally:
            if calls.idle:
                self._ingest.pop(organization_id, None)

    async def record_delivery(self, delivery: VerifiedDelivery, deadline: float) -> None:
        """Moves a reply's delivery on. Raises NotFound MESSAGE_NOT_FOUND, or another KevaError, at `deadline` at the
        latest."""
        await self._record.ask(delivery, deadline)

    async def _ingest_messages(
        self, organization_id: str, texts: list[VerifiedText], seconds: float
    ) -> list[Stored | Refusal]:
        request = convert.texts_to_proto(organization_id, texts)
        try:
            response = await self._stub.IngestMessages(request, timeout=seconds, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            raise peer_failed(error, _PEER) from None
        return [convert.outcome_from_proto(outcome) for outcome in response.outcomes]

    async def _record_one(self, deliveries: list[VerifiedDelivery], seconds: float) -> list[None]:
        (delivery,) = deliveries
        request = convert.delivery_to_proto(delivery)
        try:
            await self._stub.RecordDelivery(request, timeout=seconds, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            raise peer_failed(error, _PEER) from None
        return [None]

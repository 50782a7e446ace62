"""The gateway's calls to sms_service and ticket_service. What arrives while a call is in flight travels together in the
next one."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc

from keva.sms.v1 import sms_service_pb2, sms_service_pb2_grpc
from keva.ticket.v1 import message_pb2, ticket_service_pb2, ticket_service_pb2_grpc
from servicekit.errors import Unavailable
from servicekit.gathering import Gatherer
from servicekit.rpc_errors import as_keva_error

# Twilio is answered within 3 s, whatever happens behind us.
CALL_SECONDS = 2.5
_ITEMS_PER_CALL = 32
_CALLS_IN_FLIGHT = 4
_WAITING = 2000

Response = TypeVar("Response")
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Services:
    """Both services. A call waits for a service that is just restarting, as long as its deadline allows."""

    def __init__(self, sms_channel: grpc.aio.Channel, ticket_channel: grpc.aio.Channel) -> None:
        self._sms = sms_service_pb2_grpc.SmsServiceStub(sms_channel)
        self._tickets = ticket_service_pb2_grpc.TicketServiceStub(ticket_channel)
        self._inbound = _gatherer(self._verify_inbound)
        self._callbacks = _gatherer(self._verify_callbacks)
        # By organization: known ones only, since a verified webhook names them.
        self._texts: dict[str, Gatherer[message_pb2.InboundMessage, ticket_service_pb2.IngestOutcome]] = {}

    async def verify_inbound(self, webhook: sms_service_pb2.Webhook) -> sms_service_pb2.InboundVerdict:
        """Whether it is Twilio's, and what it says. Raises KevaError when that cannot be told."""
        return await self._inbound.submit(webhook)

    async def verify_callback(self, callback: sms_service_pb2.Webhook) -> sms_service_pb2.DeliveryVerdict:
        """Whether it is Twilio's, and what it says. Raises KevaError when that cannot be told."""
        return await self._callbacks.submit(callback)

    async def ingest(
        self, organization_id: str, message: message_pb2.InboundMessage
    ) -> ticket_service_pb2.IngestOutcome:
        """What became of a text. Raises KevaError when that is not known: asking again is safe."""
        if organization_id not in self._texts:
            self._texts[organization_id] = _gatherer(lambda texts: self._ingest(organization_id, texts))
        return await self._texts[organization_id].submit(message)

    async def record_delivery(self, workspace_id: str, update: message_pb2.DeliveryUpdate) -> None:
        """Moves a delivery on. Raises KevaError."""
        request = ticket_service_pb2.RecordDeliveryRequest(workspace_id=workspace_id, update=update)
        await _call(self._tickets.RecordDelivery, request)

    async def _verify_inbound(self, webhooks: list[sms_service_pb2.Webhook]) -> list[sms_service_pb2.InboundVerdict]:
        request = sms_service_pb2.VerifyInboundMessagesRequest(webhooks=webhooks)
        return list((await _call(self._sms.VerifyInboundMessages, request)).verdicts)

    async def _verify_callbacks(
        self, callbacks: list[sms_service_pb2.Webhook]
    ) -> list[sms_service_pb2.DeliveryVerdict]:
        request = sms_service_pb2.VerifyDeliveryCallbacksRequest(callbacks=callbacks)
        return list((await _call(self._sms.VerifyDeliveryCallbacks, request)).verdicts)

    async def _ingest(
        self, organization_id: str, messages: list[message_pb2.InboundMessage]
    ) -> list[ticket_service_pb2.IngestOutcome]:
        request = ticket_service_pb2.IngestMessagesRequest(organization_id=organization_id, messages=messages)
        return list((await _call(self._tickets.IngestMessages, request)).outcomes)


def _gatherer(run: Callable[[list[Item]], Awaitable[list[Outcome]]]) -> Gatherer[Item, Outcome]:
    return Gatherer(run, _ITEMS_PER_CALL, _CALLS_IN_FLIGHT, _WAITING)


async def _call(method: Callable[..., Awaitable[Response]], request: Any) -> Response:
    try:
        return await method(request, timeout=CALL_SECONDS)
    except grpc.aio.AioRpcError as error:
        raise as_keva_error(error) from None
    except grpc.aio.UsageError:
        raise Unavailable("PEER_UNAVAILABLE", "this process is shutting down") from None

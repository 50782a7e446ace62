"""sms_service and ticket_service as the gateway meets them: real gRPC servers that give prepared answers and remember
what they were asked. They stand for the peers, which have tests of their own."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from keva.sms.v1 import error_reason_pb2 as sms_reason
from keva.sms.v1 import sms_service_pb2 as sms_pb
from keva.sms.v1 import sms_service_pb2_grpc
from keva.ticket.v1 import message_pb2, ticket_service_pb2_grpc
from keva.ticket.v1 import ticket_service_pb2 as ticket_pb
from servicekit.rpc.server import GrpcServer
from tests.identities import server as make_server

Context = grpc.aio.ServicerContext[Any, Any]
Values = dict[str, str]


def verified(values: Values) -> sms_pb.InboundVerdict:
    """The verdict on a genuine text; the parameter Organization says whose it is."""
    message = message_pb2.InboundMessage(
        account_sid=values.get("AccountSid", ""),
        twilio_message_sid=values.get("MessageSid", ""),
        customer_address="+15551234567",
        channel_address="+15557654321",
        text=values.get("Body", ""),
    )
    organization_id = values.get("Organization", "default")
    return sms_pb.InboundVerdict(
        verified=sms_pb.VerifiedInboundMessage(organization_id=organization_id, message=message)
    )


def delivered(values: Values) -> sms_pb.DeliveryVerdict:
    """The verdict on a genuine status callback."""
    update = message_pb2.DeliveryUpdate(message_id="msg_1", state=message_pb2.DELIVERY_STATE_DELIVERED)
    return sms_pb.DeliveryVerdict(
        verified=sms_pb.VerifiedDelivery(organization_id="default", workspace_id="wsp_1", update=update)
    )


def sms_refusal(reason: str, field: str = "") -> sms_pb.Refusal:
    """A refusal by sms_service."""
    return sms_pb.Refusal(reason=sms_reason.ErrorReason.Value(f"ERROR_REASON_{reason}"), field=field)


def stored(message: message_pb2.InboundMessage) -> ticket_pb.IngestOutcome:
    """The outcome of a text that was stored now."""
    return ticket_pb.IngestOutcome(stored=ticket_pb.StoredMessage(message_id="msg_1", workspace_id="wsp_1"))


class SmsPeer(sms_service_pb2_grpc.SmsServiceServicer):
    """Answers with what `verdict` and `delivery_verdict` say; both may raise."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        self.open.set()
        self.calls: list[list[sms_pb.Webhook]] = []
        self.verdict: Callable[[Values], sms_pb.InboundVerdict] = verified
        self.delivery_verdict: Callable[[Values], sms_pb.DeliveryVerdict] = delivered

    async def VerifyInboundMessages(
        self, request: sms_pb.VerifyInboundMessagesRequest, context: Context
    ) -> sms_pb.VerifyInboundMessagesResponse:
        self.calls.append(list(request.webhooks))
        await self.open.wait()
        return sms_pb.VerifyInboundMessagesResponse(verdicts=[self.verdict(_values(w)) for w in request.webhooks])

    async def VerifyDeliveryCallbacks(
        self, request: sms_pb.VerifyDeliveryCallbacksRequest, context: Context
    ) -> sms_pb.VerifyDeliveryCallbacksResponse:
        self.calls.append(list(request.callbacks))
        await self.open.wait()
        return sms_pb.VerifyDeliveryCallbacksResponse(
            verdicts=[self.delivery_verdict(_values(w)) for w in request.callbacks]
        )


class TicketPeer(ticket_service_pb2_grpc.TicketServiceServicer):
    """Answers with what `outcome` says; `recorded` may raise. `called` is set once it is asked."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.called = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        self.open.set()
        self.called.clear()
        self.calls: list[ticket_pb.IngestMessagesRequest] = []
        self.deliveries: list[ticket_pb.RecordDeliveryRequest] = []
        self.outcome: Callable[[message_pb2.InboundMessage], ticket_pb.IngestOutcome] = stored
        self.recorded: Callable[[], None] = lambda: None

    async def IngestMessages(
        self, request: ticket_pb.IngestMessagesRequest, context: Context
    ) -> ticket_pb.IngestMessagesResponse:
        self.calls.append(request)
        self.called.set()
        await self.open.wait()
        return ticket_pb.IngestMessagesResponse(outcomes=[self.outcome(message) for message in request.messages])

    async def RecordDelivery(
        self, request: ticket_pb.RecordDeliveryRequest, context: Context
    ) -> ticket_pb.RecordDeliveryResponse:
        self.deliveries.append(request)
        self.recorded()
        return ticket_pb.RecordDeliveryResponse()


class Peers:
    """Both services on ports that stay the same when they are started again."""

    def __init__(self, sms_port: int, ticket_port: int) -> None:
        self.sms = SmsPeer()  # type: ignore[abstract]
        self.tickets = TicketPeer()  # type: ignore[abstract]
        self._ports = {"sms_service": sms_port, "ticket_service": ticket_port}
        self._servers: dict[str, GrpcServer] = {}

    @property
    def environment(self) -> dict[str, str]:
        """Where the gateway finds them."""
        return {f"KEVA_{name.upper()}": f"127.0.0.1:{port}" for name, port in self._ports.items()}

    async def start(self, name: str, ready: bool = True) -> None:
        """Starts a service that is not running."""
        if name in self._servers:
            return
        server = make_server(name)
        if name == "sms_service":
            sms_service_pb2_grpc.add_SmsServiceServicer_to_server(self.sms, server.grpc)
        else:
            ticket_service_pb2_grpc.add_TicketServiceServicer_to_server(self.tickets, server.grpc)
        await server.start(f"127.0.0.1:{self._ports[name]}")
        if ready:
            await server.set_ready()
        self._servers[name] = server

    async def start_all(self) -> None:
        """Starts those that are not running."""
        for name in self._ports:
            await self.start(name)

    async def stop(self, name: str) -> None:
        """Stops a service at once, if it runs."""
        server = self._servers.pop(name, None)
        if server is not None:
            await server.drain(0)

    async def stop_all(self) -> None:
        """Stops all."""
        for name in list(self._servers):
            await self.stop(name)


def _values(webhook: sms_pb.Webhook) -> Values:
    return {parameter.name: parameter.value for parameter in webhook.parameters}

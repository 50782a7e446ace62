"""sms_service as the webhooks see it: is this Twilio's, and what does it say?"""

import grpc

from gateway import convert
from gateway.convert import Refusal, SignedWebhook, VerifiedDelivery, VerifiedText
from gateway.errors import peer_failed
from gateway.shared_calls import SharedCalls
from keva.sms.v1 import sms_service_pb2 as pb
from keva.sms.v1 import sms_service_pb2_grpc

_PEER = "sms_service"


class SmsClient:
    """Verifies webhooks; those of all accounts share calls."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = sms_service_pb2_grpc.SmsServiceStub(channel)
        self._texts = SharedCalls(_PEER, self._verify_texts)
        self._deliveries = SharedCalls(_PEER, self._verify_deliveries)

    async def verify_text(self, webhook: SignedWebhook, deadline: float) -> VerifiedText | Refusal:
        """What an inbound webhook is. Raises a KevaError, at `deadline` at the latest: then nothing is known."""
        return await self._texts.ask(webhook, deadline)

    async def verify_delivery(self, webhook: SignedWebhook, deadline: float) -> VerifiedDelivery | Refusal:
        """What a status callback is. Raises a KevaError, at `deadline` at the latest: then nothing is known."""
        return await self._deliveries.ask(webhook, deadline)

    async def _verify_texts(self, webhooks: list[SignedWebhook], seconds: float) -> list[VerifiedText | Refusal]:
        request = pb.VerifyInboundMessagesRequest(webhooks=map(convert.webhook_to_proto, webhooks))
        try:
            response = await self._stub.VerifyInboundMessages(request, timeout=seconds, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            raise peer_failed(error, _PEER) from None
        return convert.text_verdicts_from_proto(response)

    async def _verify_deliveries(
        self, callbacks: list[SignedWebhook], seconds: float
    ) -> list[VerifiedDelivery | Refusal]:
        request = pb.VerifyDeliveryCallbacksRequest(callbacks=map(convert.webhook_to_proto, callbacks))
        try:
            response = await self._stub.VerifyDeliveryCallbacks(request, timeout=seconds, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            raise peer_failed(error, _PEER) from None
        return convert.delivery_verdicts_from_proto(response)

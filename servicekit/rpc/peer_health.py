"""Whether a service that we call takes work."""

from collections.abc import Awaitable, Callable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_CHECK_SECONDS = 1.0


def is_serving(channel: grpc.aio.Channel) -> Callable[[], Awaitable[bool]]:
    """Asks the service at the other end. False when it does not answer within a second, too."""
    stub = health_pb2_grpc.HealthStub(channel)

    async def ask() -> bool:
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    return ask

"""What probes ask: does the gateway live, and does it take work?"""

import asyncio
from collections.abc import Mapping

import grpc
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.answers import part, plain_text

_CHECK_SECONDS = 1.0


class Health:
    """Knows the services that a webhook needs, by their names."""

    def __init__(self, peers: Mapping[str, grpc.aio.Channel]) -> None:
        self._peers = {name: health_pb2_grpc.HealthStub(channel) for name, channel in peers.items()}
        self.draining = False

    async def live(self, _: web.Request) -> web.Response:
        """GET /healthz: 200 while the process lives."""
        return plain_text(200, "ok")

    async def ready(self, _: web.Request) -> web.Response:
        """GET /readyz: 200 when all services behind us take work, else 503 that names those that do not."""
        if self.draining:
            return plain_text(503, "not ready: shutting down")
        serving = await asyncio.gather(*map(_is_serving, self._peers.values()))
        missing = [name for name, well in zip(self._peers, serving, strict=True) if not well]
        return plain_text(503, f"not ready: {', '.join(missing)}") if missing else plain_text(200, "ready")

    async def part_while_draining(self, _: web.BaseRequest, response: web.StreamResponse) -> None:
        """While the process ends, each answer is the last one of its connection, so that none of a load balancer's is
        idle, or about to be used again, when they are closed: a signal handler of the application."""
        if self.draining:
            part(response)


async def _is_serving(stub: health_pb2_grpc.HealthStub) -> bool:
    try:
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

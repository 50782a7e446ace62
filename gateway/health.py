"""Whether the gateway takes work: what its probes say."""

import asyncio
from collections.abc import Mapping

import grpc
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.answers import part

_CHECK_SECONDS = 1.0


class Health:
    """Knows the services that a webhook needs, by their names."""

    def __init__(self, peers: Mapping[str, grpc.aio.Channel]) -> None:
        self._peers = {name: health_pb2_grpc.HealthStub(channel) for name, channel in peers.items()}
        self.listening = False
        self.draining = False

    async def not_ready(self) -> str:
        """The services behind us that do not take work; nothing when all do."""
        if self.draining:
            return "shutting down"
        if not self.listening:
            return "starting"
        serving = await asyncio.gather(*map(_is_serving, self._peers.values()))
        return ", ".join(name for name, well in zip(self._peers, serving, strict=True) if not well)

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

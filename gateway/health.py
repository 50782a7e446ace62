"""Probes: whether this process lives, and whether it and the services behind it take work."""

import asyncio

import grpc
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc

_CHECK_SECONDS = 1.0


class Health:
    """Answers probes. Not ready as soon as it drains."""

    def __init__(self, channels: dict[str, grpc.aio.Channel]) -> None:
        """`channels` by the name of the service behind."""
        self._stubs = {name: health_pb2_grpc.HealthStub(channel) for name, channel in channels.items()}
        self.draining = False

    async def alive(self, _: web.Request) -> web.Response:
        """200 as long as the event loop turns."""
        return web.Response(text="ok\n")

    async def ready(self, _: web.Request) -> web.Response:
        """200, or 503 naming what is not ready."""
        if self.draining:
            return web.Response(status=503, text="draining\n")
        serving = await asyncio.gather(*(self._serves(name) for name in self._stubs))
        missing = [name for name, serves in zip(self._stubs, serving, strict=True) if not serves]
        if missing:
            return web.Response(status=503, text=f"not ready: {', '.join(missing)}\n")
        return web.Response(text="ready\n")

    async def _serves(self, name: str) -> bool:
        try:
            answer = await self._stubs[name].Check(
                health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS, wait_for_ready=False
            )
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

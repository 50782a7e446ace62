"""Waiting until a server can be used. Each function returns then, and asks for ever before: the caller limits it."""

import asyncio
from pathlib import Path

import aiohttp
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from servicekit.rpc import certificates, identity
from servicekit.rpc.mutual_tls import channel_credentials

_PAUSE_SECONDS = 0.05
_CHANNEL_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 200),
    # An http_proxy in the environment is not for 127.0.0.1.
    ("grpc.enable_http_proxy", 0),
    # Else a server that is started again on the same port inherits the wait of the channel before.
    ("grpc.use_local_subchannel_pool", 1),
)


async def grpc_serving(address: str, service: str, tls_dir: Path) -> None:
    """Returns when `service` at `address` (host:port) says SERVING for the whole server. `tls_dir` has the certificate
    to ask with."""
    credentials = channel_credentials(certificates.read(tls_dir))
    options = (*_CHANNEL_OPTIONS, ("grpc.ssl_target_name_override", identity.server_name(service)))
    async with grpc.aio.secure_channel(address, credentials, options=options) as channel:
        stub: health_pb2_grpc.HealthStub = health_pb2_grpc.HealthStub(channel)
        while not await _is_serving(stub):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(_PAUSE_SECONDS)


async def _is_serving(stub: health_pb2_grpc.HealthStub) -> bool:
    try:
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=""), wait_for_ready=True, timeout=5)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def http_ok(url: str) -> None:
    """Returns when GET `url` is answered 200."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        while not await _is_ok(session, url):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(_PAUSE_SECONDS)


async def _is_ok(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False

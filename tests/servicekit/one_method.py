"""A gRPC service with one method, which does what a test tells it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from servicekit.rpc.errors_to_statuses import Translate
from servicekit.rpc.server import GrpcServer
from tests.identities import server as make_server

SERVICE = "test.Service"
METHOD = f"/{SERVICE}/Call"
STREAM = f"/{SERVICE}/Watch"

Context = grpc.aio.ServicerContext[Any, Any]
Behavior = Callable[[bytes, Context], Awaitable[bytes]]


async def start(behavior: Behavior, port: int = 0, translate: Translate = lambda _: None) -> tuple[GrpcServer, int]:
    """A server that is ready, and its port."""
    server = make_server("tester", (), f"{SERVICE}/Call", f"{SERVICE}/Watch", translate=translate)

    async def watch(request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield b"first"
        yield await behavior(request, context)

    handlers: dict[str, Any] = {
        "Call": grpc.unary_unary_rpc_method_handler(behavior),
        "Watch": grpc.unary_stream_rpc_method_handler(watch),
    }
    server.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = await server.start(f"127.0.0.1:{port}")
    await server.set_ready()
    return server, port


@asynccontextmanager
async def serving(behavior: Behavior, port: int = 0, translate: Translate = lambda _: None) -> AsyncIterator[int]:
    """The port of a server that lives as long as the context."""
    server, port = await start(behavior, port, translate)
    try:
        yield port
    finally:
        await server.drain(0)


def method(channel: grpc.aio.Channel) -> Any:
    """The method as a client calls it."""
    return channel.unary_unary(METHOD)


async def echo(request: bytes, context: Context) -> bytes:
    """Gives back what came."""
    return request

"""A gRPC service with one method, which does what a test wants, and with streams whose second message is its answer."""

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
# The same, written to the context instead of yielded; and one whose requests are a stream, too.
WRITTEN_STREAM = f"/{SERVICE}/Write"
CONVERSATION = f"/{SERVICE}/Converse"

Context = grpc.aio.ServicerContext[Any, Any]
Behavior = Callable[[bytes, Context], Awaitable[bytes]]


def _handlers(behavior: Behavior) -> dict[str, Any]:
    async def watch(request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield b"first"
        yield await behavior(request, context)

    async def write(request: bytes, context: Context) -> None:
        await context.write(b"first")
        await context.write(await behavior(request, context))

    async def converse(requests: AsyncIterator[bytes], context: Context) -> AsyncIterator[bytes]:
        async for request in requests:
            yield await behavior(request, context)

    return {
        "Call": grpc.unary_unary_rpc_method_handler(behavior),
        "Watch": grpc.unary_stream_rpc_method_handler(watch),
        "Write": grpc.unary_stream_rpc_method_handler(write),
        "Converse": grpc.stream_stream_rpc_method_handler(converse),
    }


async def start(
    behavior: Behavior, port: int = 0, translate: Translate = lambda _: None, ready: bool = True
) -> tuple[GrpcServer, int]:
    """A server and its port; unless it is `ready`, one that still prepares."""
    handlers = _handlers(behavior)
    server = make_server("tester", (), *(f"{SERVICE}/{name}" for name in handlers), translate=translate)
    server.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.hold()
    port = await server.start(f"127.0.0.1:{port}")
    if ready:
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


def stream(channel: grpc.aio.Channel, name: str = STREAM) -> Any:
    """The same with a stream of answers."""
    return channel.unary_stream(name)


async def echo(request: bytes, context: Context) -> bytes:
    """Gives back what came."""
    return request

"""gRPC method handlers with something around their behavior, whichever of the four kinds they are."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol

import grpc

Wrap = Callable[[Any], Any]


class Around(Protocol):
    """What is done around the behavior of each method. `rpc` is its full name, such as
    keva.ticket.v1.TicketService/GetTicket."""

    def answering(self, behavior: Any, rpc: str) -> Any:
        """The same around a coroutine function."""
        ...

    def streaming(self, behavior: Any, rpc: str) -> Any:
        """The same around an asynchronous generator function."""
        ...


class AroundHandlers(grpc.aio.ServerInterceptor):
    """Puts each of `arounds` around every handler, the first one outermost. Once per method: an interceptor of each
    one's own would make handlers and closures for every call."""

    def __init__(self, *arounds: Around) -> None:
        self._arounds = arounds
        self._wrapped: dict[str, tuple[Any, Any]] = {}

    async def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method = str(handler_call_details.method)
        known = self._wrapped.get(method)
        if known is None or known[0] is not handler:
            known = self._wrapped[method] = (handler, self._around(handler, method.lstrip("/")))
        return known[1]

    def _around(self, handler: Any, rpc: str) -> Any:
        for around in reversed(self._arounds):
            answering = functools.partial(_turned, around.answering, rpc)
            handler = wrapped(handler, answering, functools.partial(_turned, around.streaming, rpc))
        return handler


def _turned(wrap: Callable[[Any, str], Any], rpc: str, behavior: Any) -> Any:
    return wrap(behavior, rpc)


def wrapped(handler: Any, answering: Wrap, streaming: Wrap) -> Any:
    """`handler` with its behavior inside `answering` when that is a coroutine function, inside `streaming` when it is
    an asynchronous generator. gRPC takes either for what streams: the other one writes to the context."""

    def around(behavior: Any) -> Any:
        # A bound method of a generator function is one, too; a callable object is neither.
        return (streaming if inspect.isasyncgenfunction(behavior) else answering)(behavior)

    forms = (handler.request_deserializer, handler.response_serializer)
    if handler.unary_unary is not None:
        return grpc.unary_unary_rpc_method_handler(answering(handler.unary_unary), *forms)
    if handler.unary_stream is not None:
        return grpc.unary_stream_rpc_method_handler(around(handler.unary_stream), *forms)
    if handler.stream_unary is not None:
        return grpc.stream_unary_rpc_method_handler(answering(handler.stream_unary), *forms)
    return grpc.stream_stream_rpc_method_handler(around(handler.stream_stream), *forms)

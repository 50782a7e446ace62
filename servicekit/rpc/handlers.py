"""gRPC method handlers with something around their behavior, whichever of the four kinds they are."""

import inspect
from collections.abc import Callable
from typing import Any

import grpc

Wrap = Callable[[Any], Any]


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

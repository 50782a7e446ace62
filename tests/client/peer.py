"""A service with prepared answers: real gRPC, and no service behind it."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.message import Message

from dev.local_stack.ports import free_port
from tests.identities import server

Answer = Message | Exception | Callable[[Any], Any]


class Peer:
    """A service that gives prepared answers, by RPC name, and remembers what it was asked."""

    def __init__(self, service: str, *files: Any) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.address = ""
        self._server = server(service)
        for file in files:
            for described in file.DESCRIPTOR.services_by_name.values():
                handlers = {method.name: self._handler(method) for method in described.methods}
                generic = grpc.method_handlers_generic_handler(described.full_name, handlers)
                self._server.grpc.add_generic_rpc_handlers((generic,))

    async def start(self) -> None:
        """Listens on a port that nobody else is given once it has ended: a test may expect nobody there."""
        self.address = f"127.0.0.1:{await self._server.start(f'127.0.0.1:{free_port()}')}"
        await self._server.set_ready()

    async def stop(self) -> None:
        """Ends it at once."""
        await self._server.drain(0)

    def last(self) -> Any:
        """The request that came last."""
        return self.requests[-1]

    def _handler(self, method: Any) -> Any:
        if method.server_streaming:
            return self._stream_handler(method)

        async def answer(request: Message, context: Any) -> Message:
            self.requests.append(request)
            self.metadata = dict(context.invocation_metadata())
            prepared = self.answers.get(method.name)
            if prepared is None:
                await context.abort(grpc.StatusCode.UNIMPLEMENTED, "no answer is prepared")
            if isinstance(prepared, Exception):
                raise prepared
            assert prepared is not None
            given = prepared if isinstance(prepared, Message) else prepared(request)
            return await given if inspect.isawaitable(given) else given

        request_class = message_factory.GetMessageClass(method.input_type)
        return grpc.unary_unary_rpc_method_handler(answer, request_class.FromString, _serialized)

    def _stream_handler(self, method: Any) -> Any:
        """The prepared answer to a request is a list: messages, and at its end an error, or nothing for a stream that
        stays quiet."""

        async def stream(request: Message, context: Any) -> AsyncIterator[Message]:
            self.requests.append(request)
            self.metadata = dict(context.invocation_metadata())
            prepared: Any = self.answers[method.name]
            for item in prepared(request):
                if isinstance(item, Exception):
                    raise item
                yield item
            await asyncio.Event().wait()

        request_class = message_factory.GetMessageClass(method.input_type)
        return grpc.unary_stream_rpc_method_handler(stream, request_class.FromString, _serialized)


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()

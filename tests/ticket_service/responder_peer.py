"""Stands for a responder: says what the test tells it, and hands each request to the test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import hand_off_pb2
from servicekit.grpc_errors import ErrorInterceptor

Answer = Callable[[pb.DraftReplyRequest], Awaitable[pb.DraftReplyResponse]]


class ResponderPeer(responder_service_pb2_grpc.ResponderServiceServicer):
    """A responder. `answer` is asked; without one it drafts `an answer to: ` and the customer's last text."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[pb.DraftReplyRequest] = asyncio.Queue()
        self.answer: Answer | None = None

    async def DraftReply(self, request: pb.DraftReplyRequest, context: Any) -> pb.DraftReplyResponse:
        await self.asked.put(request)
        return await self.answer(request) if self.answer else draft(f"an answer to: {request.messages[-1].text}")

    async def next_request(self) -> pb.DraftReplyRequest:
        """What it is asked next."""
        async with asyncio.timeout(20):
            return await self.asked.get()

    def holds(self) -> "Held":
        """From now on requests wait until the test answers them."""
        held = Held()
        self.answer = held.wait
        return held


class Held:
    """Requests that wait for the test."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[asyncio.Future[pb.DraftReplyResponse]] = asyncio.Queue()

    async def wait(self, request: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        future: asyncio.Future[pb.DraftReplyResponse] = asyncio.get_running_loop().create_future()
        await self._waiting.put(future)
        return await future

    async def answer(self, response: pb.DraftReplyResponse) -> None:
        """Answers the request that has waited longest, of those whose caller still waits."""
        async with asyncio.timeout(20):
            while (future := await self._waiting.get()).done():
                pass
        future.set_result(response)


class ResponderServer:
    """Serves a ResponderPeer on one port of its own, also after it was stopped in between."""

    def __init__(self, peer: ResponderPeer) -> None:
        self.peer = peer
        self._port = 0
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        """Where it is, or was."""
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Serves."""
        self._server = grpc.aio.server(interceptors=[ErrorInterceptor()])
        responder_service_pb2_grpc.add_ResponderServiceServicer_to_server(self.peer, self._server)
        self._port = self._server.add_insecure_port(self.address)
        await self._server.start()

    async def stop(self) -> None:
        """Nobody answers any more."""
        assert self._server is not None
        await self._server.stop(None)


def draft(text: str, *article_ids: str) -> pb.DraftReplyResponse:
    """A draft that rests on articles, from a model that counts its tokens."""
    articles = [pb.Article(article_id=article_id, section="In short") for article_id in article_ids]
    return pb.DraftReplyResponse(
        draft=pb.Draft(text=text, articles=articles, language="en"),
        mode=pb.RESPONDER_MODE_MODEL,
        model="example-model",
        input_tokens=321,
        output_tokens=45,
    )


def hand_off(reason: str, detail: str = "") -> pb.DraftReplyResponse:
    """A hand-off, `reason` being NOT_KNOWN and so on."""
    value = hand_off_pb2.HandOffReason.Value(f"HAND_OFF_REASON_{reason}")
    return pb.DraftReplyResponse(
        hand_off=pb.HandOff(reason=value, detail=detail), mode=pb.RESPONDER_MODE_KNOWLEDGE_BASE
    )


def always(response: pb.DraftReplyResponse) -> Answer:
    """The same answer to everything."""

    async def answer(_: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        return response

    return answer

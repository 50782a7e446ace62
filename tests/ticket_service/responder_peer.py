"""Stands for a responder: says what the test tells it, and hands each request to the test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import article_pb2, hand_off_pb2
from servicekit.errors import NotFound
from servicekit.rpc.certificates import CertificateFolder
from tests.ticket_service.peer_server import PeerServer, in_nobodys_name

Answer = Callable[[pb.DraftReplyRequest], Awaitable[pb.DraftReplyResponse]]


class ResponderPeer(responder_service_pb2_grpc.ResponderServiceServicer):
    """A responder. `answer` is asked; without one it drafts `an answer to: ` and the customer's last text."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[pb.DraftReplyRequest] = asyncio.Queue()
        self.answer: Answer | None = None
        # By workspace and id; None: it shows none.
        self.articles: dict[tuple[str, str], article_pb2.WholeArticle] | None = {}

    async def DraftReply(self, request: pb.DraftReplyRequest, context: Any) -> pb.DraftReplyResponse:
        await self.asked.put(request)
        if self.answer is None:
            return draft(f"an answer to: {request.messages[-1].text}")
        return await in_nobodys_name(self.answer(request))

    async def GetArticle(self, request: pb.GetArticleRequest, context: Any) -> pb.GetArticleResponse:
        if self.articles is None:
            await context.abort(grpc.StatusCode.UNIMPLEMENTED)
        article = (self.articles or {}).get((request.workspace_id, request.article_id))
        if article is None:
            raise NotFound("ARTICLE_NOT_FOUND", "there is none", article_id=request.article_id)
        return pb.GetArticleResponse(article=article)

    async def next_request(self) -> pb.DraftReplyRequest:
        """What it is asked next."""
        async with asyncio.timeout(90):
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
        async with asyncio.timeout(90):
            while (future := await self._waiting.get()).done():
                pass
        future.set_result(response)


ResponderServer = PeerServer[ResponderPeer]


def responder_server(own: CertificateFolder | None = None) -> ResponderServer:
    """A responder that can be stopped and started again; with this test process's certificate unless one is given."""
    peer = ResponderPeer()  # type: ignore[abstract]
    add = responder_service_pb2_grpc.add_ResponderServiceServicer_to_server
    return PeerServer(peer, add, "responder_service", own)


def draft(text: str, *article_ids: str) -> pb.DraftReplyResponse:
    """A draft that rests on articles, from a model that counts its tokens."""
    articles = [pb.Article(article_id=article_id, title="A title", section="In short") for article_id in article_ids]
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


def no_reply(reason: str) -> pb.DraftReplyResponse:
    """Nothing waits for an answer, `reason` being SMALL_TALK or GREETING."""
    value = pb.NoReplyReason.Value(f"NO_REPLY_REASON_{reason}")
    return pb.DraftReplyResponse(no_reply=pb.NoReply(reason=value), mode=pb.RESPONDER_MODE_KNOWLEDGE_BASE)


def always(response: pb.DraftReplyResponse) -> Answer:
    """The same answer to everything."""

    async def answer(_: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        return response

    return answer

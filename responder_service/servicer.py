"""ResponderService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from responder_service import convert
from responder_service.drafting.responder import Responder
from responder_service.knowledge.knowledge_base import KnowledgeBase

Context = grpc.aio.ServicerContext[Any, Any]


class ResponderServicer(responder_service_pb2_grpc.ResponderServiceServicer):
    """See responder_service.proto."""

    def __init__(self, responder: Responder, articles: KnowledgeBase) -> None:
        self._responder = responder
        self._articles = articles

    async def DraftReply(self, request: pb.DraftReplyRequest, context: Context) -> pb.DraftReplyResponse:
        return convert.from_drafted(await self._responder.draft(convert.to_conversation(request)))

    async def GetResponder(self, request: pb.GetResponderRequest, context: Context) -> pb.GetResponderResponse:
        return pb.GetResponderResponse(
            mode=convert.from_mode(self._responder.mode),
            model=self._responder.model,
            workspaces=map(convert.from_counts, self._articles.counts()),
        )

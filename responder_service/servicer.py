"""ResponderService over gRPC: each method translates, and leaves the rest to the use case."""

from typing import Any

import grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from responder_service import convert, errors
from responder_service.drafting.responder import Responder
from responder_service.knowledge.knowledge_base import KnowledgeBase
from servicekit.rpc.proto_values import require

Context = grpc.aio.ServicerContext[Any, Any]


class ResponderServicer(responder_service_pb2_grpc.ResponderServiceServicer):
    """responder_service.proto says what each method does."""

    def __init__(self, responder: Responder, articles: KnowledgeBase) -> None:
        self._responder = responder
        self._articles = articles

    async def DraftReply(self, request: pb.DraftReplyRequest, context: Context) -> pb.DraftReplyResponse:
        return convert.drafted_to_proto(await self._responder.draft(convert.conversation_from_proto(request)))

    async def GetArticle(self, request: pb.GetArticleRequest, context: Context) -> pb.GetArticleResponse:
        require(request, "organization_id", "workspace_id", "article_id")
        article = self._articles.article(request.workspace_id, request.article_id)
        if article is None:
            raise errors.article_not_found(request.article_id)
        return pb.GetArticleResponse(article=convert.article_to_proto(article))

    async def GetResponder(self, request: pb.GetResponderRequest, context: Context) -> pb.GetResponderResponse:
        return pb.GetResponderResponse(
            mode=convert.mode_to_proto(self._responder.mode),
            model=self._responder.model,
            workspaces=map(convert.counts_to_proto, self._articles.counts()),
        )

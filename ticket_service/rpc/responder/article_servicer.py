"""The articles that answers rest on, over gRPC."""

from typing import Any

import grpc

from keva.ticket.v1 import article_pb2, ticket_service_pb2_grpc
from servicekit.rpc.proto_values import require
from ticket_service.rpc.responder.convert_articles import article_to_proto
from ticket_service.use_cases.ai.articles import Articles

Context = grpc.aio.ServicerContext[Any, Any]


class ArticleServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """The part of TicketService that is about articles. `articles` is set before it serves."""

    articles: Articles

    async def GetArticle(
        self, request: article_pb2.GetArticleRequest, context: Context
    ) -> article_pb2.GetArticleResponse:
        require(request, "workspace_id", "article_id")
        article = await self.articles.get_article(request.workspace_id, request.article_id)
        return article_pb2.GetArticleResponse(article=article_to_proto(article))

"""Articles, as the responder gives them and as callers get them: they have the same message."""

from keva.ticket.v1 import article_pb2 as pb
from ticket_service.domain.ai.articles import ArticleSection, WholeArticle


def article_from_proto(article: pb.WholeArticle) -> WholeArticle:
    sections = tuple(ArticleSection(one.heading, one.text) for one in article.sections)
    return WholeArticle(article.article_id, article.title, article.language, sections)


def article_to_proto(article: WholeArticle) -> pb.WholeArticle:
    sections = [pb.ArticleSection(heading=one.heading, text=one.text) for one in article.sections]
    return pb.WholeArticle(
        article_id=article.article_id, title=article.title, language=article.language, sections=sections
    )

"""Suggested replies, and the articles that they are from."""

from keva.ticket.v1 import suggestion_pb2 as pb
from ticket_service.domain.ai.kept_suggestions import Article, SuggestedReply


def reply_to_proto(reply: SuggestedReply) -> pb.SuggestedReply:
    return pb.SuggestedReply(text=reply.text, articles=map(article_to_proto, reply.articles), is_draft=reply.is_draft)


def article_to_proto(article: Article) -> pb.SuggestedArticle:
    return pb.SuggestedArticle(article_id=article.article_id, title=article.title, section=article.section)

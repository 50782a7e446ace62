"""The articles that an answer of the AI's rests on, each with the page of the knowledge base that is about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from keva.ticket.v1 import suggestion_pb2

# Sections may have commas in their names: what follows one begins another article only where it has a section, too.
_BETWEEN = re.compile(r", (?=[\w./ -]+#)")


@dataclass(frozen=True)
class NamedArticle:
    """`words` is what people read."""

    article_id: str
    words: str


def articles_of_trail(text: str) -> Sequence[NamedArticle]:
    """As the audit trail has them: `shipping#Canada, returns#In a shop`."""
    return [NamedArticle(words.partition("#")[0], words) for words in _BETWEEN.split(text) if words]


def suggested_article(article: suggestion_pb2.SuggestedArticle) -> NamedArticle:
    """One of a suggestion."""
    words = " – ".join(part for part in (article.title or article.article_id, article.section) if part)
    return NamedArticle(article.article_id, words)

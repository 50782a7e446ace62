"""The articles that an answer of the AI's rests on, each with the page on which it can be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from keva.ticket.v1 import suggestion_pb2

# Sections may have commas in their names: what follows one begins another article only where it has a section, too.
_BETWEEN = re.compile(r", (?=[\w./ -]+#)")


@dataclass(frozen=True)
class NamedArticle:
    """`words` is what people read; `section` is empty where the whole article is meant."""

    article_id: str
    section: str
    words: str


def articles_of_trail(text: str) -> Sequence[NamedArticle]:
    """As the audit trail has them: `shipping#Canada, returns#In a shop`."""
    parts = (one.partition("#") for one in _BETWEEN.split(text) if one)
    return [NamedArticle(article_id, section, _words(article_id, section)) for article_id, _, section in parts]


def suggested_article(article: suggestion_pb2.SuggestedArticle) -> NamedArticle:
    """One of a suggestion."""
    return NamedArticle(
        article.article_id, article.section, _words(article.title or article.article_id, article.section)
    )


def _words(article: str, section: str) -> str:
    return f"{article} – {section}" if section else article

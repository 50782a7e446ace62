"""Articles of the knowledge base, as people read them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleSection:
    """What stands under one heading, in Markdown. `heading` is empty for what stands before the first."""

    heading: str
    text: str


@dataclass(frozen=True)
class WholeArticle:
    """All of it. `language` is an ISO 639-1 code."""

    article_id: str
    title: str
    language: str
    sections: tuple[ArticleSection, ...]

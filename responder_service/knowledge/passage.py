"""What a search finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """One section of an article, as the search found it. `score` is comparable within one search only; `coverage`, 0
    to 1, is the share of the question's words, by weight, that the section and its article's title and tags hold;
    `example` is its nearest example question, `nearness`, 0 to 1, how near that is."""

    article_id: str
    title: str
    section: str
    text: str
    language: str
    tags: tuple[str, ...] = ()
    applies_to: tuple[str, ...] = ()
    score: float = 0.0
    coverage: float = 0.0
    nearness: float = 0.0
    example: str = ""
    # Its number in the article, from 0: authors put the general answer first.
    position: int = 0

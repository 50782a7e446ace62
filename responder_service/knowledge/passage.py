"""What a search finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """One section of an article, as the search found it. `score` is comparable within one search only. The shares, 0 to
    1, are of the question's words by weight: `coverage` of all that the passage and its article's title and tags hold,
    `focus` of those in title, tags and heading, `own` of those in its heading (which count twice) and text alone."""

    article_id: str
    title: str
    section: str
    text: str
    language: str
    tags: tuple[str, ...] = ()
    applies_to: tuple[str, ...] = ()
    score: float = 0.0
    coverage: float = 0.0
    focus: float = 0.0
    own: float = 0.0
    # Whether it lacks a word that an answer must have, such as a figure.
    lacks_must: bool = False
    # Its number in the article, from 0: authors put the general answer first.
    position: int = 0

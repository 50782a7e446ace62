"""What a search finds."""

from dataclasses import dataclass

from responder_service.knowledge.article import Article


@dataclass(frozen=True)
class Passage:
    """One section of an article, as the search found it. `score` is comparable within one search only; `coverage`, 0
    to 1, is the share of the question's words, by weight, that the section and its article's title and tags hold;
    `example` is its nearest example question, `nearness`, 0 to 1, how near that is; `above` are the headings that the
    section's own is under."""

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
    above: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """Which section of which article it is: several of one article may have the same heading."""
        return self.article_id, self.position

    @property
    def headings(self) -> tuple[str, ...]:
        """What it stands under in its article, the outermost first."""
        return tuple(filter(None, (*self.above, self.section)))


def passage_of(article: Article, position: int) -> Passage:
    """The section of `article` with that number, from 0."""
    section = article.sections[position]
    return Passage(
        article.article_id,
        article.title,
        section.heading,
        section.text,
        article.language,
        article.tags,
        article.applies_to,
        position=position,
        above=section.above,
    )

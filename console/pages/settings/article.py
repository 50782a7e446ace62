"""An article of the knowledge base as it is read: all of it, with the section marked that an answer rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from client.failure import Failure
from console.failures import is_about_who_asks
from console.visit import Visit
from keva.ticket.v1 import article_pb2


@dataclass(frozen=True)
class Section:
    """`is_meant`: it is the one that was asked for, and the first with that heading."""

    heading: str
    text: str
    is_meant: bool


@dataclass(frozen=True)
class ShownArticle:
    """`why_none` says why there are no sections, empty when there are."""

    title: str
    language: str = ""
    sections: Sequence[Section] = ()
    why_none: str = ""


async def read_article(visit: Visit, article_id: str, heading: str) -> ShownArticle:
    """As it is now. One that cannot be had says so: the rest of its page needs none. Raises Failure for who may not."""
    wanted = article_pb2.GetArticleRequest(workspace_id=visit.workspace_id, article_id=article_id)
    try:
        found = (await visit.session.ask(visit.session.services.tickets.GetArticle, wanted)).article
    except Failure as failure:
        if is_about_who_asks(failure):
            raise
        return ShownArticle(article_id, why_none=f"{failure.message} {failure.advice}".strip())
    return ShownArticle(found.title or article_id, found.language, _sections(found, heading))


def _sections(article: article_pb2.WholeArticle, heading: str) -> list[Section]:
    headings = [section.heading for section in article.sections]
    meant = headings.index(heading) if heading in headings else -1
    return [Section(one.heading, one.text, place == meant) for place, one in enumerate(article.sections)]

"""`keva kb show`."""

import json
from typing import Any

from keva.ticket.v1 import article_pb2 as pb
from servicekit.errors import NotFound

SECTIONS = [pb.ArticleSection(text="We ship."), pb.ArticleSection(heading="Canada", text="Within 5 days.\n\nBy post.")]
SHIPPING = pb.WholeArticle(article_id="shipping", title="Shipping", language="en", sections=SECTIONS)


async def test_an_article_is_shown_whole(keva: Any) -> None:
    keva.ticket_service.answers["GetArticle"] = pb.GetArticleResponse(article=SHIPPING)

    result = await keva("kb", "show", "shipping")
    plain = json.loads((await keva("kb", "show", "shipping", "--json")).output)

    assert result.status == 0
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines == ["Shipping (shipping)", "", "    We ship.", "", "Canada", "    Within 5 days.", "", "    By post."]
    assert keva.ticket_service.last() == pb.GetArticleRequest(workspace_id="default", article_id="shipping")
    assert plain["sections"][1]["heading"] == "Canada"


async def test_one_that_is_not_there_is_said(keva: Any) -> None:
    keva.ticket_service.answers["GetArticle"] = NotFound("ARTICLE_NOT_FOUND", "there is no article x", article_id="x")

    result = await keva("kb", "show", "x")

    assert result.status != 0
    assert "ask the person who writes the articles" in result.error

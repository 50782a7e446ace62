"""An article that an answer names, for people to read."""

from typing import Any

import pytest

from keva.ticket.v1 import article_pb2
from servicekit.errors import InvalidArgument, NotFound, Unavailable
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of
from tests.ticket_service.responder_peer import ResponderPeer, ResponderServer

SHIPPING = article_pb2.WholeArticle(
    article_id="shipping",
    title="Shipping",
    language="en",
    sections=[
        article_pb2.ArticleSection(text="We ship **everywhere**."),
        article_pb2.ArticleSection(heading="Canada", text="Within 5 days."),
    ],
)


@pytest.fixture
async def desk(start_desk: StartDesk, ai_settings: dict[str, Any]) -> Desk:
    return await start_desk(**ai_settings)


def _asked(desk: Desk, article_id: str, workspace_id: str = WORKSPACE) -> Any:
    request = article_pb2.GetArticleRequest(workspace_id=workspace_id, article_id=article_id)
    return desk.tickets.GetArticle(request, metadata=AGENT, timeout=90)


async def test_it_comes_whole_and_leaves_no_record(desk: Desk, responder: ResponderPeer) -> None:
    responder.articles = {(WORKSPACE, "shipping"): SHIPPING}
    before = await desk.records()

    assert (await _asked(desk, "shipping")).article == SHIPPING
    assert await desk.records() == before


async def test_one_that_is_not_there_is_said(desk: Desk, responder: ResponderPeer) -> None:
    error = await error_of(_asked(desk, "shipping"))

    assert (type(error), error.reason) == (NotFound, "ARTICLE_NOT_FOUND")
    assert error.metadata["article_id"] == "shipping"


async def test_a_responder_that_shows_none_has_none(desk: Desk, responder: ResponderPeer) -> None:
    responder.articles = None

    assert (await error_of(_asked(desk, "shipping"))).reason == "ARTICLE_NOT_FOUND"


async def test_a_responder_that_is_down_is_said(desk: Desk, responder_server: ResponderServer) -> None:
    await responder_server.stop()

    error = await error_of(_asked(desk, "shipping"))

    assert (type(error), error.reason) == (Unavailable, "RESPONDER_UNAVAILABLE")


async def test_an_article_has_to_be_named(desk: Desk) -> None:
    assert isinstance(await error_of(_asked(desk, "")), InvalidArgument)

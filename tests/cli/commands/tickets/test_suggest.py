"""`keva tickets suggest`."""

import json
from typing import Any

from keva.ticket.v1 import hand_off_pb2, suggestion_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.errors import Unavailable

ARTICLE = suggestion_pb2.SuggestedArticle(article_id="shipping", title="Shipping", section="Canada")
DRAFT = suggestion_pb2.SuggestReplyResponse(
    suggestion=suggestion_pb2.SuggestedReply(text="Yes, in 5 days.", articles=[ARTICLE]), message_id="msg_7"
)


async def test_a_draft_is_shown_with_its_articles(keva: Any) -> None:
    keva.ticket_service.answers.update(
        SuggestReply=DRAFT, ListTickets=pb.ListTicketsResponse(tickets=[pb.Ticket(ticket_id="tkt_12", number=12)])
    )

    result = await keva("tickets", "suggest", "12")

    assert (result.status, result.output) == (0, "    Yes, in 5 days.\n  from: Shipping (shipping), Canada\n")
    assert "Nothing was sent. keva tickets reply 12 TEXT" in result.error
    assert keva.ticket_service.last().ticket_id == "tkt_12"


async def test_the_reason_for_none_is_said_in_words(keva: Any) -> None:
    none = suggestion_pb2.NoSuggestion(reason=hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN, detail="no article")
    keva.ticket_service.answers["SuggestReply"] = suggestion_pb2.SuggestReplyResponse(no_suggestion=none)

    result = await keva("tickets", "suggest", "tkt_12")

    assert result.status == 0
    assert "The AI suggests nothing: the articles do not have the answer, or not for certain (no article)." in (
        result.output
    )


async def test_as_json_it_is_the_whole_answer(keva: Any) -> None:
    keva.ticket_service.answers["SuggestReply"] = DRAFT

    answer = json.loads((await keva("tickets", "suggest", "tkt_12", "--json")).output)

    assert answer["suggestion"]["articles"] == [
        {"article_id": "shipping", "title": "Shipping", "section": "Canada"},
    ]
    assert answer["message_id"] == "msg_7"


async def test_a_responder_that_is_down_is_worth_another_try(keva: Any) -> None:
    keva.ticket_service.answers["SuggestReply"] = Unavailable("RESPONDER_UNAVAILABLE", "it does not answer")

    result = await keva("tickets", "suggest", "tkt_12")

    assert result.status == 5
    assert "keva doctor" in result.error


async def test_a_reason_for_none_comes_with_what_the_articles_say(keva: Any) -> None:
    near = suggestion_pb2.SuggestedReply(text="In 5 days.", articles=[ARTICLE])
    none = suggestion_pb2.NoSuggestion(reason=hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN, suggestions=[near])
    keva.ticket_service.answers["SuggestReply"] = suggestion_pb2.SuggestReplyResponse(no_suggestion=none)

    result = await keva("tickets", "suggest", "tkt_12")

    assert result.output.endswith("The articles say near it:\n    In 5 days.\n  from: Shipping (shipping), Canada\n")


async def test_what_is_kept_is_shown_without_asking(keva: Any) -> None:
    draft = suggestion_pb2.SuggestedReply(text="In 5 days.", is_draft=True)
    keva.ticket_service.answers["GetSuggestions"] = suggestion_pb2.GetSuggestionsResponse(suggestions=[draft])

    result = await keva("tickets", "suggest", "tkt_12", "--kept")

    assert (result.status, result.output) == (0, "The AI's draft:\n    In 5 days.\n")
    assert keva.ticket_service.last() == suggestion_pb2.GetSuggestionsRequest(
        workspace_id="default", ticket_id="tkt_12"
    )


async def test_nothing_kept_is_said(keva: Any) -> None:
    keva.ticket_service.answers["GetSuggestions"] = suggestion_pb2.GetSuggestionsResponse()

    assert "Nothing is kept" in (await keva("tickets", "suggest", "tkt_12", "--kept")).output

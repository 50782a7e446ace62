"""DraftReply and GetResponder over a socket, in both modes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dev.model_simulator.client import ModelSimulatorClient
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import hand_off_pb2
from servicekit.limits import INBOUND_TEXT_BYTES
from servicekit.rpc.statuses_to_errors import as_keva_error

Drafts = Any
StartResponder = Callable[..., Any]
CUSTOMER, AI, AGENT = pb.CONVERSATION_ROLE_CUSTOMER, pb.CONVERSATION_ROLE_AI, pb.CONVERSATION_ROLE_AGENT

CITES_UNKNOWN = ("NOT_KNOWN", "the answer cites what was not given")
TOO_LONG = "?" * (INBOUND_TEXT_BYTES + 1)


def line(role: Any, text: str, **fields: Any) -> pb.ConversationMessage:
    return pb.ConversationMessage(role=role, text=text, **fields)


async def test_without_a_model_an_article_answers(offline: Drafts) -> None:
    response = await offline.ask("Do you ship to Canada?")

    assert response.draft.text == "We ship to Canada for $18."
    assert [(a.article_id, a.title, a.section) for a in response.draft.articles] == [("shipping", "Shipping", "Canada")]
    assert response.draft.language == "en"
    assert (response.mode, response.model) == (pb.RESPONDER_MODE_KNOWLEDGE_BASE, "")
    assert response.duration.ToTimedelta().total_seconds() > 0


async def test_without_a_model_what_no_article_says_is_handed_off(offline: Drafts) -> None:
    assert (await offline.reason("Do you repair bicycles?"))[0] == "NOT_KNOWN"


async def test_a_model_answers_from_the_articles(responder: Drafts) -> None:
    response = await responder.ask("Do you ship to Canada?")

    assert response.draft.text == "We ship to Canada for $18."
    assert "Canada" in [article.section for article in response.draft.articles]
    assert {article.article_id for article in response.draft.articles} == {"shipping"}
    assert (response.mode, response.model) == (pb.RESPONDER_MODE_MODEL, "simulated-model")
    assert response.input_tokens > 100
    assert response.output_tokens > 10


async def test_a_model_answers_from_the_profile(responder: Drafts) -> None:
    response = await responder.ask("When are you open?")

    assert response.draft.text == "We are open Mon to Fri 9:00-17:00 Pacific."
    assert list(response.draft.articles) == []


async def test_a_model_may_hand_off(responder: Drafts) -> None:
    response = await responder.ask("Do you repair bicycles?")

    assert response.hand_off.detail == "the model did not find an answer"
    assert response.output_tokens > 0


async def test_all_waiting_texts_are_asked_about_together(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    await responder.ask(
        messages=[
            line(CUSTOMER, "hello there"),
            line(AGENT, "Hi!"),
            line(CUSTOMER, "can I"),
            line(CUSTOMER, "return boots?"),
        ]
    )

    asked = (await simulator.requests())[0]
    waiting = [row for row in asked["messages"][1]["content"].splitlines() if '"unanswered": true' in row]
    assert [("can I" in row, "return boots?" in row) for row in waiting] == [(True, False), (False, True)]


async def test_a_follow_up_is_searched_with_what_came_before(
    responder: Drafts, simulator: ModelSimulatorClient
) -> None:
    await responder.ask(
        messages=[line(CUSTOMER, "how long does shipping take"), line(AI, "3-5 days."), line(CUSTOMER, "and how much?")]
    )

    given = _articles((await simulator.requests())[0])
    # What no word finds comes behind.
    assert any("Standard shipping costs $6.50" in article for article in given[:3])


async def test_a_question_in_words_that_no_article_has_gets_them_all(
    responder: Drafts, simulator: ModelSimulatorClient
) -> None:
    await responder.ask("How do sneakers get back to you guys?")

    given = _articles((await simulator.requests())[0])
    assert any("return unworn boots" in article for article in given)


def _articles(request: Any) -> list[str]:
    """The articles that a model was given, in their order."""
    return [row for row in request["messages"][1]["content"].splitlines() if '"article_id": ' in row]


@pytest.mark.parametrize(
    ("texts", "fields", "reason"),
    [
        pytest.param(["I want to talk to a human"], {}, "ASKED_FOR_PERSON", id="a person"),
        pytest.param(["I will call my lawyer"], {}, "LEGAL_MATTER", id="law"),
        pytest.param(["Do you ship to Canada?"], {"opted_out": True}, "OPTED_OUT", id="opted out"),
    ],
)
async def test_triage_comes_before_any_model(
    responder: Drafts, simulator: ModelSimulatorClient, texts: list[str], fields: Any, reason: str
) -> None:
    response = await responder.ask(*texts, **fields)

    assert (await responder.reason(*texts, **fields))[0] == reason
    assert (response.mode, response.model) == (pb.RESPONDER_MODE_MODEL, "")
    assert await simulator.requests() == []


async def test_small_talk_needs_neither_a_model_nor_a_person(
    responder: Drafts, simulator: ModelSimulatorClient
) -> None:
    thanks, hello = await responder.ask("thanks!"), await responder.ask("Hi")
    waited = await responder.ask("Hi", greeting_waited=True)

    assert thanks.no_reply.reason == pb.NO_REPLY_REASON_SMALL_TALK
    assert hello.no_reply.reason == pb.NO_REPLY_REASON_GREETING
    assert waited.draft.text == "Hello! How can we help you?"
    assert await simulator.requests() == []


async def test_where_no_draft_could_be_sent_no_model_is_asked(
    responder: Drafts, simulator: ModelSimulatorClient
) -> None:
    question = await responder.reason("Do you ship to Canada?", no_draft=True)
    thanks = await responder.ask("thanks!", no_draft=True)

    assert question == ("NOT_KNOWN", "no draft was asked for")
    assert thanks.no_reply.reason == pb.NO_REPLY_REASON_SMALL_TALK
    assert await simulator.requests() == []


async def test_with_a_hand_off_go_the_sections_that_are_near(offline: Drafts, responder: Drafts) -> None:
    for drafts in (offline, responder):
        answer = await drafts.ask("I want a human. Do you ship to Canada?")

        assert answer.hand_off.reason == hand_off_pb2.HAND_OFF_REASON_ASKED_FOR_PERSON
        assert (answer.suggestions[0].article.article_id, answer.suggestions[0].article.section) == (
            "shipping",
            "Canada",
        )
        assert answer.suggestions[0].text == "We ship to Canada for $18."
        assert len(answer.suggestions) <= 3


async def test_it_tells_what_it_runs_on(offline: Drafts, responder: Drafts) -> None:
    without, having = [await each.stub.GetResponder(pb.GetResponderRequest()) for each in (offline, responder)]

    assert (without.mode, without.model) == (pb.RESPONDER_MODE_KNOWLEDGE_BASE, "")
    assert (having.mode, having.model) == (pb.RESPONDER_MODE_MODEL, "simulated-model")
    [workspace] = having.workspaces
    assert (workspace.workspace_id, workspace.articles, workspace.sections, workspace.broken_files) == (
        "default",
        4,
        6,
        0,
    )


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="no organization"),
        pytest.param({"workspace_id": ""}, "FIELD_REQUIRED", "workspace_id", id="no workspace"),
        pytest.param({"messages": []}, "FIELD_REQUIRED", "messages", id="no messages"),
        pytest.param({"messages": [line(CUSTOMER, "?")] * 51}, "FIELD_INVALID", "messages", id="51 messages"),
        pytest.param({"messages": [line(0, "?")]}, "FIELD_INVALID", "messages[0].role", id="no role"),
        pytest.param({"messages": [line(CUSTOMER, TOO_LONG)]}, "FIELD_INVALID", "messages[0].text", id="too long"),
        pytest.param(
            {"messages": [line(CUSTOMER, "?"), line(AGENT, "!")]}, "FIELD_INVALID", "messages", id="nothing waits"
        ),
        pytest.param(
            {"messages": [line(CUSTOMER, "?", media_count=-1)]}, "FIELD_INVALID", "messages[0].media_count", id="media"
        ),
        pytest.param(
            {"messages": [line(CUSTOMER, "?", message_time=Timestamp(seconds=10**12))]},
            "FIELD_INVALID",
            "messages[0].message_time",
            id="a time beyond all years",
        ),
        pytest.param({"ask_time": Timestamp(seconds=10**12)}, "FIELD_INVALID", "ask_time", id="asked beyond all years"),
        pytest.param({"time_zone": "Mars/Base"}, "FIELD_INVALID", "time_zone", id="no time zone"),
        pytest.param({"time_zone": "../etc/passwd"}, "FIELD_INVALID", "time_zone", id="a path"),
    ],
)
async def test_a_request_that_cannot_be_used_is_refused(offline: Drafts, fields: Any, reason: str, field: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await offline.ask("Do you ship to Canada?", **fields)

    error = as_keva_error(refused.value)
    assert (error.reason, error.metadata["field"]) == (reason, field)


@pytest.mark.parametrize(
    ("article_id", "quote", "refused"),
    [
        pytest.param(
            "made/up", "We ship to Canada", ("NOT_KNOWN", "the answer cites what was not given"), id="article"
        ),
        pytest.param("../default/shipping", "We ship", CITES_UNKNOWN, id="path"),
        pytest.param("shipping", "We ship to Canada for $1.", ("DRAFT_REFUSED", "quote"), id="a changed quote"),
        pytest.param("returns", "We ship to Canada for $18.", ("DRAFT_REFUSED", "quote"), id="another article's quote"),
        pytest.param("shipping", "", ("DRAFT_REFUSED", "quote"), id="no quote"),
        pytest.param("profile", "We ship to Canada for $18.", ("DRAFT_REFUSED", "quote"), id="not of the profile"),
    ],
)
async def test_a_quote_must_stand_in_what_was_given(
    responder: Drafts, simulator: ModelSimulatorClient, article_id: str, quote: str, refused: tuple[str, str]
) -> None:
    await simulator.answer("We ship to Canada for $18.", article_id, quote)

    assert await responder.reason("Do you ship to Canada, and can I return it?") == refused


async def test_an_answer_without_sentences_is_a_hand_off(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    await simulator.say('{"decision": "answer", "sentences": [], "hand_off": ""}')

    assert await responder.reason("Do you ship to Canada?") == ("NOT_KNOWN", "the answer has no sentences")


async def test_a_profile_that_says_nothing_cannot_be_cited(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    await simulator.answer("We are open now.", "profile", "open now")

    assert (await responder.reason("Open now?", profile=None))[0] == "NOT_KNOWN"


@pytest.mark.parametrize(
    ("cause", "refused"),
    [
        pytest.param("in_part", ("NOT_KNOWN", "the articles answer a part of it"), id="a part"),
        pytest.param("own_account", ("NOT_KNOWN", "it is about the customer's own order or account"), id="an order"),
        pytest.param("asks_for_person", ("ASKED_FOR_PERSON", "by the model's reading"), id="a person"),
        pytest.param("instructions", ("NOT_KNOWN", "the text gives instructions"), id="instructions"),
        pytest.param("", ("NOT_KNOWN", "the model did not find an answer"), id="no cause"),
    ],
)
async def test_a_model_says_why_it_hands_off(
    responder: Drafts, simulator: ModelSimulatorClient, cause: str, refused: tuple[str, str]
) -> None:
    await simulator.hand_off(cause)

    assert await responder.reason("Do you ship to Canada?") == refused


async def test_typography_does_not_halve_a_text(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    await simulator.replay(
        [
            {
                "text": "We ship to Canada\u00a0for \u201c$18\u201d.",
                "article": "shipping",
                "quote": "We ship to Canada for $18.",
            },
            {
                "text": "Standard shipping\ntakes 3\u20135 business days\u2026",
                "article": "shipping",
                "quote": "Standard shipping costs \u2026 takes 3\u20135 business days.",
            },
        ],
        True,
    )

    response = await responder.ask("Do you ship to Canada? How long does standard shipping take?")

    assert response.draft.text == 'We ship to Canada for "$18". Standard shipping takes 3-5 business days...'


async def test_the_cost_of_both_questions_is_told(responder: Drafts, simulator: ModelSimulatorClient) -> None:
    response = await responder.ask("Do you ship to Canada?")

    assert response.verifier_model == "simulated-model"
    assert response.verifier_input_tokens > 100
    assert response.verifier_output_tokens > 5
    assert response.duration.ToTimedelta() > response.verifier_duration.ToTimedelta() > timedelta()
    assert len(await simulator.requests()) == 2


async def test_the_verifier_may_be_another_model(
    start_responder: StartResponder, simulator: ModelSimulatorClient
) -> None:
    responder = await start_responder(
        ai_base_url=simulator.api_url, ai_model="one", ai_verifier_model="another", ai_timeout_seconds=90
    )

    response = await responder.ask("Do you ship to Canada?")

    assert (response.model, response.verifier_model) == ("one", "another")
    assert [request["model"] for request in await simulator.requests()] == ["one", "another"]


async def test_a_draft_that_the_verifier_doubts_is_handed_off(
    responder: Drafts, simulator: ModelSimulatorClient
) -> None:
    await simulator.verdict("We ship to Canada for $18.", entails=False)

    refused = await responder.reason("Do you ship to Canada?")

    assert refused == ("DRAFT_REFUSED", "verifier: not in its quote (sentence 1)")
    assert len(await simulator.requests()) == 2


@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"time_zone": "Berlin"}, id="no zone"),
        pytest.param({"time_zone": "../etc"}, id="a path"),
        pytest.param({"ask_time": Timestamp(seconds=10**12)}, id="a time beyond all years"),
    ],
)
async def test_a_clock_that_cannot_be_read_is_refused(offline: Drafts, field: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await offline.ask("Do you ship to Canada?", **field)

    assert as_keva_error(refused.value).reason == "FIELD_INVALID"


async def test_more_drafts_than_allowed_are_refused_until_one_is_done(
    start_responder: StartResponder, simulator: ModelSimulatorClient
) -> None:
    responder = await start_responder(
        ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=20, ai_max_drafts=1
    )
    await simulator.fault("slow", seconds=60, times=1)
    first = asyncio.create_task(responder.ask("Do you ship to Canada?"))
    await simulator.wait_for_requests(1)

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await responder.ask("Do you ship to Canada?")

    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert as_keva_error(refused.value).reason == "OVERLOADED"
    # A caller that gives up makes room.
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await responder.ask("Do you ship to Canada?")).draft.text == "We ship to Canada for $18."


async def test_an_article_comes_whole(offline: Drafts) -> None:
    request = pb.GetArticleRequest(organization_id="default", workspace_id="default", article_id="shipping")

    article = (await offline.stub.GetArticle(request, timeout=90)).article

    assert (article.article_id, article.title, article.language) == ("shipping", "Shipping", "en")
    assert "Canada" in [section.heading for section in article.sections]
    assert "We ship to Canada for $18." in next(one.text for one in article.sections if one.heading == "Canada")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"article_id": "nothing"}, "ARTICLE_NOT_FOUND"),
        ({"workspace_id": "elsewhere"}, "ARTICLE_NOT_FOUND"),
        ({"article_id": "../default/shipping"}, "ARTICLE_NOT_FOUND"),
        ({"article_id": ""}, "FIELD_REQUIRED"),
        ({"organization_id": ""}, "FIELD_REQUIRED"),
    ],
)
async def test_an_article_that_is_not_there_is_said(offline: Drafts, fields: dict[str, str], reason: str) -> None:
    named = {"organization_id": "default", "workspace_id": "default", "article_id": "shipping"}

    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await offline.stub.GetArticle(pb.GetArticleRequest(**{**named, **fields}), timeout=90)

    assert as_keva_error(raised.value).reason == reason

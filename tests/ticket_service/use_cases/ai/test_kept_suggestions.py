"""What the AI does not send is kept for a person, until somebody has answered."""

from typing import Any

import pymongo
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.responder.v1 import responder_service_pb2 as responder_pb2
from keva.ticket.v1 import channel_service_pb2, suggestion_pb2, ticket_service_pb2
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, THE_AI, WORKSPACE, Desk, details, error_of
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, hand_off

CANADA = "We ship to Canada for $18."


def _with_suggestions(response: responder_pb2.DraftReplyResponse, *texts: str) -> responder_pb2.DraftReplyResponse:
    for text in texts:
        article = responder_pb2.Article(article_id="shipping", title="Shipping", section="Canada")
        response.suggestions.append(responder_pb2.Suggestion(article=article, text=text))
    return response


async def _kept(desk: Desk, ticket_id: str) -> suggestion_pb2.GetSuggestionsResponse:
    request = suggestion_pb2.GetSuggestionsRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    return await desk.tickets.GetSuggestions(request, metadata=AGENT)


async def _left(desk: Desk) -> str:
    """A ticket that the AI has left."""
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await desk.until_recorded("ai.handed_off", ticket_id)
    return ticket_id


async def test_hand_off_keeps_what_is_near(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA, "two", "three", "four"))

    ticket_id = await _left(ai_desk)

    kept = await _kept(ai_desk, ticket_id)
    assert [reply.text for reply in kept.suggestions] == [CANADA, "two", "three"]
    article = suggestion_pb2.SuggestedArticle(article_id="shipping", title="Shipping", section="Canada")
    assert list(kept.suggestions[0].articles) == [article]
    assert not any(reply.is_draft for reply in kept.suggestions)
    assert kept.message_id == (await ai_desk.messages(ticket_id))[0].message_id
    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert details(record)["suggested"] == ", ".join(["shipping#Canada"] * 3)


async def test_draft_that_the_ai_may_only_suggest_is_kept_first(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = always(_with_suggestions(draft("In 5 days.", "shipping"), CANADA))
    desk = await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)

    kept = await _kept(desk, await _left(desk))

    assert [(reply.text, reply.is_draft) for reply in kept.suggestions] == [("In 5 days.", True), (CANADA, False)]


async def test_nothing_is_kept_for_who_cannot_be_texted(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    await ai_desk.text("STOP")
    await held.answer(_with_suggestions(draft("In 5 days."), CANADA))
    await ai_desk.until_recorded("ai.handed_off", ticket_id)

    assert not (await _kept(ai_desk, ticket_id)).suggestions


@pytest.mark.parametrize("what", ["reply", "resolve", "close", "to the AI"])
async def test_suggestions_are_gone_when_it_is_seen_to(ai_desk: Desk, responder: ResponderPeer, what: str) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA))
    ticket_id = await _left(ai_desk)
    assert (await _kept(ai_desk, ticket_id)).suggestions

    if what == "reply":
        await ai_desk.reply(ticket_id, "For $18.")
    elif what == "to the AI":
        responder.holds()
        await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    else:
        await ai_desk.change(f"{what.capitalize()}Ticket", ticket_id)

    assert await _kept(ai_desk, ticket_id) == suggestion_pb2.GetSuggestionsResponse()


async def test_suggestions_stay_while_nobody_has_answered(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA))
    ticket_id = await _left(ai_desk)

    await ai_desk.note(ticket_id, "I will look")
    await ai_desk.text("hello?")
    request = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=WORKSPACE,
        ticket=ticket_service_pb2.Ticket(ticket_id=ticket_id, tags=["shipping"]),
        update_mask=FieldMask(paths=["tags"]),
    )
    await ai_desk.tickets.UpdateTicket(request, metadata=AGENT)

    assert [reply.text for reply in (await _kept(ai_desk, ticket_id)).suggestions] == [CANADA]


async def test_person_who_asks_gets_what_is_near_too(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA))
    ticket_id = await _left(ai_desk)

    request = suggestion_pb2.SuggestReplyRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    answer = await ai_desk.tickets.SuggestReply(request, metadata=AGENT)

    assert [reply.text for reply in answer.no_suggestion.suggestions] == [CANADA]


async def test_customer_who_is_forgotten_leaves_no_suggestions(
    ai_desk: Desk, responder: ResponderPeer, mongod: Mongod, database: str
) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA))
    ticket_id = await _left(ai_desk)
    customer_id = (await ai_desk.ticket(ticket_id)).customer_id
    await ai_desk.change("CloseTicket", ticket_id)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        tickets: Any = client[database].tickets
        # As a version that knew none leaves them on a ticket that it closes.
        tickets.update_one({"_id": ticket_id}, {"$set": {"suggestions": {"message_id": "msg_1", "replies": []}}})

        request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
        await ai_desk.tickets.ForgetCustomer(request, metadata=AGENT)

        assert tickets.count_documents({"_id": ticket_id, "suggestions": None}) == 1


async def test_suggestions_of_no_ticket_are_an_error(desk: Desk) -> None:
    request = suggestion_pb2.GetSuggestionsRequest(workspace_id=WORKSPACE, ticket_id="tkt_none")

    assert (await error_of(desk.tickets.GetSuggestions(request, metadata=AGENT))).reason == "TICKET_NOT_FOUND"


async def test_what_nobody_wants_is_dropped_once(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_with_suggestions(hand_off("NOT_KNOWN"), CANADA))
    ticket_id = await _left(ai_desk)
    request = suggestion_pb2.DismissSuggestionsRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)

    for _ in range(2):
        await ai_desk.tickets.DismissSuggestions(request, metadata=AGENT)

    assert not (await _kept(ai_desk, ticket_id)).suggestions
    assert (await ai_desk.ticket(ticket_id)).hand_off_reason
    (record,) = await ai_desk.records(ticket_id=ticket_id, action="ai.suggestions_dismissed")
    assert (record.actor.id, details(record)["suggested"]) == ("dana", "shipping#Canada")

"""What the AI would answer, for a person: on any ticket, and without anything coming of it."""

from collections.abc import Awaitable
from typing import Any

import pytest

from keva.ticket.v1 import hand_off_pb2, suggestion_pb2, ticket_service_pb2
from servicekit.errors import FailedPrecondition, Unavailable
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, CUSTOMER, NOBODY, THE_AI, WORKSPACE, Desk, agent, details, error_of
from tests.ticket_service.responder_peer import ResponderPeer, ResponderServer, always, draft, hand_off

QUESTION = "Do you ship to Canada?"


@pytest.fixture
async def desk(start_desk: StartDesk, ai_settings: dict[str, Any]) -> Desk:
    """One replica with OUR_NUMBER subscribed, whose tickets are nobody's."""
    desk = await start_desk(**ai_settings)
    await desk.subscribe()
    return desk


async def _suggestion(desk: Desk, ticket_id: str) -> suggestion_pb2.SuggestReplyResponse:
    return await _asked(desk, ticket_id)


def _asked(desk: Desk, ticket_id: str) -> Awaitable[suggestion_pb2.SuggestReplyResponse]:
    request = suggestion_pb2.SuggestReplyRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    return desk.tickets.SuggestReply(request, metadata=AGENT, timeout=90)


@pytest.mark.parametrize("assignee", [NOBODY, agent("dana")], ids=["nobody's", "an agent's"])
async def test_a_draft_comes_with_its_articles_and_changes_nothing_but_the_trail(
    desk: Desk, responder: ResponderPeer, assignee: Any
) -> None:
    stored = (await desk.text(QUESTION)).stored
    await desk.change("AssignTicket", stored.ticket_id, assignee=assignee)
    before, actions = await desk.ticket(stored.ticket_id), await desk.actions(stored.ticket_id)
    responder.answer = always(draft("Yes, in 5 days.", "shipping"))

    answer = await _suggestion(desk, stored.ticket_id)

    article = suggestion_pb2.SuggestedArticle(article_id="shipping", title="A title", section="In short")
    assert answer.suggestion == suggestion_pb2.SuggestedReply(text="Yes, in 5 days.", articles=[article], is_draft=True)
    assert answer.message_id == stored.message_id
    assert [line.text for line in (await responder.next_request()).messages] == [QUESTION]
    assert await desk.ticket(stored.ticket_id) == before
    assert await desk.actions(stored.ticket_id) == [*actions, "ai.suggested"]
    (record,) = await desk.records(ticket_id=stored.ticket_id, action="ai.suggested")
    assert (record.actor.id, details(record)["articles"]) == ("dana", "shipping#In short")
    assert len(await desk.messages(stored.ticket_id)) == 1


async def test_it_answers_all_texts_that_wait_and_names_the_last(desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await desk.text("Hello")).stored.ticket_id
    await desk.note(ticket_id, "wants to know about shipping")
    last = (await desk.text(QUESTION)).stored

    answer = await _suggestion(desk, ticket_id)

    assert [line.text for line in (await responder.next_request()).messages] == ["Hello", QUESTION]
    assert answer.message_id == last.message_id


async def test_the_responders_reason_for_none_is_given(desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await desk.text(QUESTION)).stored.ticket_id
    responder.answer = always(hand_off("PAYMENT_MATTER", "a charge"))

    none = (await _suggestion(desk, ticket_id)).no_suggestion

    (record,) = await desk.records(ticket_id=ticket_id, action="ai.suggested")
    assert details(record)["reason"] == "PAYMENT_MATTER"
    assert (none.reason, none.detail) == (hand_off_pb2.HAND_OFF_REASON_PAYMENT_MATTER, "a charge")
    assert (await desk.ticket(ticket_id)).hand_off_reason == hand_off_pb2.HAND_OFF_REASON_UNSPECIFIED


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        pytest.param(["hello", "STOP"], "OPTED_OUT", id="opted out"),
        pytest.param(["please stop texting me"], "ASKED_FOR_NO_TEXTS", id="wants no texts"),
    ],
)
async def test_whoever_must_not_be_texted_by_a_machine_gets_no_draft(
    desk: Desk, responder: ResponderPeer, texts: list[str], reason: str
) -> None:
    stored = [(await desk.text(text)).stored for text in texts]

    none = (await _suggestion(desk, stored[0].ticket_id)).no_suggestion

    assert hand_off_pb2.HandOffReason.Name(none.reason) == f"HAND_OFF_REASON_{reason}"
    assert responder.asked.empty()


async def test_a_blocked_customer_gets_no_draft(desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await desk.text(QUESTION)).stored.ticket_id
    customer_id = (await desk.ticket(ticket_id)).customer_id
    block = ticket_service_pb2.BlockCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id, reason="spam")
    await desk.tickets.BlockCustomer(block, metadata=AGENT)

    none = (await _suggestion(desk, ticket_id)).no_suggestion

    assert none.reason == hand_off_pb2.HAND_OFF_REASON_CANNOT_REPLY
    assert responder.asked.empty()


async def test_nothing_is_drafted_for_who_has_been_answered(desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await desk.text(QUESTION)).stored.ticket_id
    reply = await desk.reply(ticket_id)

    answer = await _suggestion(desk, ticket_id)

    assert answer.no_suggestion.reason == hand_off_pb2.HAND_OFF_REASON_NOT_A_QUESTION
    assert answer.message_id == reply.message_id
    assert responder.asked.empty()


async def test_a_ticket_of_the_ais_has_suggestions_too(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text(QUESTION)).stored.ticket_id
    assert (await ai_desk.ticket(ticket_id)).assignee == THE_AI
    await responder.next_request()
    responder.answer = always(draft("Yes."))

    assert (await _suggestion(ai_desk, ticket_id)).suggestion.text == "Yes."

    await held.answer(draft("Yes, we do."))
    await ai_desk.until_recorded("ai.answered", ticket_id)


async def test_a_responder_that_is_down_is_said_to_be(desk: Desk, responder_server: ResponderServer) -> None:
    ticket_id = (await desk.text(QUESTION)).stored.ticket_id
    await responder_server.stop()

    error = await error_of(_asked(desk, ticket_id))

    assert (type(error), error.reason) == (Unavailable, "RESPONDER_UNAVAILABLE")


async def test_a_responder_that_refuses_is_unavailable(desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await desk.text(QUESTION)).stored.ticket_id

    async def too_much(_: Any) -> Any:
        raise Unavailable("OVERLOADED", "too many drafts")

    responder.answer = too_much

    assert (await error_of(_asked(desk, ticket_id))).reason == "RESPONDER_UNAVAILABLE"


async def test_a_closed_ticket_takes_no_reply(desk: Desk) -> None:
    ticket_id = await desk.new_ticket("CLOSED", customer_address=CUSTOMER)

    error = await error_of(_asked(desk, ticket_id))

    assert (type(error), error.reason) == (FailedPrecondition, "TICKET_CLOSED")

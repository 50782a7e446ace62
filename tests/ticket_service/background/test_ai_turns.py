"""A ticket assigned to the AI gets one answer to each turn of the customer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import actor_pb2, hand_off_pb2, message_pb2
from servicekit.clock import utc_now
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import NOBODY, THE_AI, WORKSPACE, Desk, agent, details, state_of
from tests.ticket_service.raw_documents import changed
from tests.ticket_service.responder_peer import ResponderPeer, ResponderServer, always, draft, hand_off

ROLES = pb.ConversationRole


def _lines(request: pb.DraftReplyRequest) -> list[tuple[str, str]]:
    return [(ROLES.Name(m.role).removeprefix("CONVERSATION_ROLE_"), m.text) for m in request.messages]


async def test_text_is_answered_by_the_ai(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(draft("We ship to Canada in 5 days.", "shipping", "canada"))

    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id

    assert await ai_desk.peer.sent_texts(1) == ["We ship to Canada in 5 days."]
    ticket, (_, reply) = await ai_desk.ticket(ticket_id), await ai_desk.messages(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("PENDING", THE_AI)
    assert reply.author.kind == actor_pb2.ACTOR_KIND_AI
    assert reply.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND


async def test_trail_says_what_an_answer_rests_on_and_took(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(draft("In 5 days.", "shipping", "canada"))

    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id

    (record,) = await ai_desk.until_recorded("ai.answered", ticket_id)
    said = dict(details(record))
    assert int(said.pop("milliseconds")) >= 0
    assert said == {
        "mode": "MODEL",
        "model": "example-model",
        "input_tokens": "321",
        "output_tokens": "45",
        "articles": "shipping#In short, canada#In short",
    }
    assert record.actor == actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AI, id="responder")


async def test_trail_says_what_the_verifier_took(ai_desk: Desk, responder: ResponderPeer) -> None:
    answer = draft("In 5 days.")
    answer.verifier_model, answer.verifier_input_tokens, answer.verifier_output_tokens = "checker", 12, 3
    answer.verifier_duration.FromMilliseconds(250)
    responder.answer = always(answer)

    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id

    (record,) = await ai_desk.until_recorded("ai.answered", ticket_id)
    said = {name: value for name, value in details(record).items() if name.startswith("verifier_")}
    assert said == {
        "verifier_model": "checker",
        "verifier_milliseconds": "250",
        "verifier_input_tokens": "12",
        "verifier_output_tokens": "3",
    }


async def test_responder_gets_the_conversation_and_the_profile(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.set_profile(tone="brief", business_hours="Mon-Fri 9-5", languages=["en", "es"])
    first = await ai_desk.text("Do you ship to Canada?")
    await responder.next_request()
    await ai_desk.peer.sent_texts(1)
    await ai_desk.note(first.stored.ticket_id, "an internal matter")

    media = [message_pb2.MediaItem(url="https://api.twilio.com/1", content_type="image/jpeg")]
    await ai_desk.text("And to Mexico?", media=media)

    request = await responder.next_request()
    assert _lines(request) == [
        ("CUSTOMER", "Do you ship to Canada?"),
        ("AI", "an answer to: Do you ship to Canada?"),
        ("CUSTOMER", "And to Mexico?"),
    ]
    assert [m.media_count for m in request.messages] == [0, 0, 1]
    assert (request.workspace_id, request.ticket_id) == (WORKSPACE, first.stored.ticket_id)
    profile = request.profile
    assert (profile.tone, profile.business_hours, list(profile.languages)) == ("brief", "Mon-Fri 9-5", ["en", "es"])
    assert profile.business_name, "the workspace's name, where the profile has none"


async def test_three_texts_within_the_pause_get_one_answer(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer, mongod: Mongod, database: str
) -> None:
    desk = await start_desk(**{**ai_settings, "ai_pause_seconds": 60, "ai_longest_pause_seconds": 600})
    await desk.subscribe(auto_assign=THE_AI)

    for text in ("Hi", "quick question", "are you open on Sundays?"):
        ticket_id = (await desk.text(text)).stored.ticket_id
    # The pause is over.
    with changed(mongod, database, "ai_turns") as turns:
        turns.update_one({"_id": ticket_id}, {"$set": {"due": utc_now()}})

    request = await responder.next_request()
    assert [text for _, text in _lines(request)] == ["Hi", "quick question", "are you open on Sundays?"]
    assert await desk.peer.sent_texts(1) == ["an answer to: are you open on Sundays?"]
    assert len(await desk.until_recorded("ai.answered", ticket_id)) == 1
    assert responder.asked.empty()


async def test_customer_who_never_pauses_is_answered_all_the_same(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk = await start_desk(**{**ai_settings, "ai_pause_seconds": 60, "ai_longest_pause_seconds": 0.5})
    await desk.subscribe(auto_assign=THE_AI)

    await desk.text("Are you open on Sundays?")

    assert len(await desk.peer.sent_texts(1)) == 1


@pytest.mark.parametrize("seconds", [pytest.param(-3600, id="recovered"), pytest.param(3600, id="fast-clock")])
async def test_text_is_answered_whatever_time_it_says(ai_desk: Desk, responder: ResponderPeer, seconds: int) -> None:
    for number, text in enumerate(("Do you ship to Canada?", "And to Mexico?"), 1):
        sent = utc_now() + number * timedelta(seconds=seconds)
        ticket_id = (await ai_desk.text(text, sent_time=sent)).stored.ticket_id
        assert _lines(await responder.next_request())[-1] == ("CUSTOMER", text)
        await ai_desk.until_recorded("ai.answered", ticket_id, number)

    assert len(await ai_desk.peer.sent_texts(2)) == 2


@pytest.mark.parametrize("keyword", ["STOP", "HELP"])
async def test_carrier_keyword_starts_no_turn(ai_desk: Desk, responder: ResponderPeer, keyword: str) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    await ai_desk.until_recorded("ai.answered", ticket_id)

    await ai_desk.text(keyword)
    await ai_desk.text("START")
    await ai_desk.text("And to Mexico?")

    lines = _lines(await responder.next_request())
    assert [text for role, text in lines if role == "CUSTOMER"] == ["Do you ship to Canada?", "And to Mexico?"]


async def test_keyword_that_counts_like_any_text_is_passed_on(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings)
    await desk.subscribe("ANY_MESSAGE", auto_assign=THE_AI)

    await desk.text("HELP")

    assert _lines(await responder.next_request()) == [("CUSTOMER", "HELP")]


async def test_ticket_of_nobody_is_not_the_ais(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.subscribe(phone_number="+15550002000", auto_assign=NOBODY)

    await ai_desk.text("for a person", channel_address="+15550002000", customer_address="+15557770001")
    await ai_desk.text("for the AI", customer_address="+15557770002")

    assert _lines(await responder.next_request()) == [("CUSTOMER", "for the AI")]
    assert len(await ai_desk.peer.sent_texts(1)) == 1
    assert responder.asked.empty()


async def test_ticket_assigned_to_the_ai_is_answered(desk: Desk, start_desk: StartDesk, ai_settings: Any) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await start_desk(**ai_settings)

    await desk.change("AssignTicket", ticket_id, assignee=THE_AI)

    assert await desk.peer.sent_texts(1) == ["an answer to: Do you ship to Canada?"]


async def test_answered_ticket_assigned_to_the_ai_waits_for_the_customer(
    ai_desk: Desk, responder: ResponderPeer
) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    await ai_desk.until_recorded("ai.answered", ticket_id)
    await ai_desk.change("AssignTicket", ticket_id, assignee=agent("dana"))
    await ai_desk.change("ReopenTicket", ticket_id)

    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await ai_desk.text("And to Mexico?")

    assert _lines(await responder.next_request())[-1] == ("CUSTOMER", "And to Mexico?")


async def test_reply_of_an_agent_takes_the_ticket_over(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    await ai_desk.until_recorded("ai.answered", ticket_id)

    await ai_desk.reply(ticket_id, "Dana here, let me look.")

    assert (await ai_desk.ticket(ticket_id)).assignee == agent("dana")
    (assigned,) = await ai_desk.until_recorded("ticket.assigned", ticket_id)
    assert details(assigned) == {"from": "ai", "to": "agent:dana"}
    await ai_desk.text("thank you Dana")
    await ai_desk.text("somebody else asks", customer_address="+15557770003")
    assert _lines(await responder.next_request()) == [("CUSTOMER", "somebody else asks")]


async def test_reply_of_a_service_takes_the_ticket_over_for_nobody(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await ai_desk.until_recorded("ai.answered", ticket_id)

    await ai_desk.call("ReplyToTicket", ticket_id, text="Your parcel has left.")

    assert (await ai_desk.ticket(ticket_id)).assignee == NOBODY


async def test_ai_answers_only_so_many_times_in_a_row(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.set_profile(max_replies_in_a_row=2, hand_off_notice="")
    for number in (1, 2, 3):
        ticket_id = (await ai_desk.text(f"question {number}")).stored.ticket_id
        if number < 3:
            await ai_desk.until_recorded("ai.answered", ticket_id, number)

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)

    assert details(record)["reason"] == "TOO_MANY_REPLIES"
    assert [(await responder.next_request()).no_draft for _ in range(3)] == [False, False, True]
    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await ai_desk.until_recorded("ai.answered", ticket_id, 3)


async def test_ticket_handed_back_is_answered(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(hand_off("NOT_KNOWN"))
    ticket_id = (await ai_desk.text("Do you ship to Mars?")).stored.ticket_id
    await ai_desk.until_recorded("ai.handed_off", ticket_id)
    responder.answer = always(draft("Not yet."))

    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)

    await ai_desk.until_recorded("ai.answered", ticket_id)
    ticket = await ai_desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("PENDING", THE_AI)
    assert ticket.hand_off_reason == hand_off_pb2.HAND_OFF_REASON_UNSPECIFIED
    assert not ticket.HasField("hand_off_time")


async def test_responder_that_comes_back_answers_what_waited(
    ai_desk: Desk, responder: ResponderPeer, responder_server: ResponderServer
) -> None:
    await responder_server.stop()
    await ai_desk.text("Do you ship to Canada?")
    ticket_id = (await ai_desk.text("and to Mexico?")).stored.ticket_id

    await responder_server.start()

    assert await ai_desk.peer.sent_texts(1) == ["an answer to: and to Mexico?"]
    assert len(await ai_desk.until_recorded("ai.answered", ticket_id)) == 1


async def test_resolved_ticket_that_is_reopened_by_a_text_is_answered(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await ai_desk.until_recorded("ai.answered", ticket_id)
    await ai_desk.change("ResolveTicket", ticket_id)

    await ai_desk.text("One more thing")

    await ai_desk.until_recorded("ai.answered", ticket_id, 2)
    assert (await ai_desk.ticket(ticket_id)).assignee == THE_AI


async def test_ticket_that_an_older_version_left_to_the_ai_is_answered(
    desk: Desk, start_desk: StartDesk, ai_settings: Any, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(mongod.uri) as client:
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        changes = {"$set": {"assignee": "AI", "update_time": hour_ago}, "$unset": {"ai_replies": ""}}
        client[database]["tickets"].update_one({"_id": ticket_id}, changes)

    await start_desk(**ai_settings)

    assert await desk.peer.sent_texts(1) == ["an answer to: Do you ship to Canada?"]

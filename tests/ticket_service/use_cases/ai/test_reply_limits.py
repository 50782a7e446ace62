"""The AI texts so often from a number on a day, and so often to a customer within an hour, and then people do."""

import asyncio
from typing import Any

import pytest

from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import routing_pb2, suggestion_pb2
from servicekit.errors import Unavailable
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, THE_AI, WORKSPACE, Desk, details, fresh_address, state_of
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, hand_off, no_reply


async def _answered(desk: Desk, **fields: Any) -> str:
    """A ticket that the AI has answered, of a new customer unless one is named."""
    fields = {"customer_address": fresh_address(), **fields}
    ticket_id = (await desk.text("Do you ship to Canada?", **fields)).stored.ticket_id
    await desk.until_recorded("ai.answered", ticket_id)
    return ticket_id


async def _handed_off(desk: Desk, **fields: Any) -> tuple[str, dict[str, str]]:
    fields = {"customer_address": fresh_address(), **fields}
    ticket_id = (await desk.text("And to Mexico?", **fields)).stored.ticket_id
    return ticket_id, dict(details((await desk.until_recorded("ai.handed_off", ticket_id))[-1]))


async def test_customer_gets_so_many_within_an_hour(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.set_profile(max_replies_per_customer_per_hour=1, hand_off_notice="")
    customer = fresh_address()
    await _answered(ai_desk, customer_address=customer)

    _, said = await _handed_off(ai_desk, customer_address=customer)

    assert (said["reason"], said["detail"]) == ("REPLY_LIMIT", "as many as a customer may get within an hour")
    assert [(await responder.next_request()).no_draft for _ in range(2)] == [False, True]
    await _answered(ai_desk)
    assert not await ai_desk.records(action="ai.reply_limit_reached")


async def test_customer_gets_no_more_over_another_number(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings)
    await desk.set_profile(max_replies_per_customer_per_hour=1)
    for number in ("+15550001000", "+15550002000"):
        await desk.subscribe(phone_number=number, auto_assign=THE_AI)
    customer = fresh_address()
    await _answered(desk, customer_address=customer)

    _, said = await _handed_off(desk, customer_address=customer, channel_address="+15550002000")

    assert said["reason"] == "REPLY_LIMIT"


async def test_channel_sends_so_many_a_day_and_says_so_once(ai_desk: Desk) -> None:
    await ai_desk.set_profile(max_replies_per_channel_per_day=2, hand_off_notice="")
    for _ in range(2):
        await _answered(ai_desk)

    ticket_id, said = await _handed_off(ai_desk)
    await _handed_off(ai_desk)

    assert (said["reason"], said["detail"]) == ("REPLY_LIMIT", "as many as a number may send a day")
    (record,) = await ai_desk.records(action="ai.reply_limit_reached")
    channel_id = (await ai_desk.ticket(ticket_id)).channel_id
    assert (record.ticket_id, record.subject_id, details(record)) == (ticket_id, channel_id, {"replies": "2"})
    await ai_desk.set_profile(max_replies_per_channel_per_day=3)
    await _answered(ai_desk)


async def test_limit_is_exact_however_many_texts_come_at_once(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    first, second = await start_desk(**ai_settings), await start_desk(**ai_settings)
    await first.subscribe(auto_assign=THE_AI)
    await first.set_profile(max_replies_per_channel_per_day=7, hand_off_notice="")

    texts = [first.text("Do you ship to Canada?", customer_address=fresh_address()) for _ in range(20)]
    tickets = [outcome.stored.ticket_id for outcome in await asyncio.gather(*texts)]
    async with asyncio.timeout(90):
        while True:
            ended = [await second.records(action=action) for action in ("ai.answered", "ai.handed_off")]
            if sum(map(len, ended)) >= len(tickets):
                break
            await asyncio.sleep(0.05)

    assert list(map(len, ended)) == [7, 13]
    assert len(await second.records(action="ai.reply_limit_reached")) == 1


async def test_answer_that_is_one_too_many_is_kept_for_a_person(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.set_profile(max_replies_per_channel_per_day=1, hand_off_notice="")
    held = responder.holds()
    tickets = [
        (await ai_desk.text("Do you ship?", customer_address=fresh_address())).stored.ticket_id for _ in range(2)
    ]
    answers = [await responder.next_request() for _ in tickets]
    responder.answer = None
    assert len({request.ticket_id for request in answers}) == 2
    for _ in tickets:
        await held.answer(draft("In 5 days."))

    async with asyncio.timeout(90):
        while True:
            left = [t for t in tickets if (await ai_desk.ticket(t)).hand_off_reason]
            if left:
                break
            await asyncio.sleep(0.02)
    request = suggestion_pb2.GetSuggestionsRequest(workspace_id=WORKSPACE, ticket_id=left[0])
    (kept,) = (await ai_desk.tickets.GetSuggestions(request, metadata=AGENT)).suggestions
    assert (kept.text, kept.is_draft) == ("In 5 days.", True)


LIMITS = [
    pytest.param({"max_replies_in_a_row": 1}, "TOO_MANY_REPLIES", id="in a row"),
    pytest.param({"max_replies_per_customer_per_hour": 1}, "REPLY_LIMIT", id="to a customer"),
    pytest.param({"max_replies_per_channel_per_day": 1}, "REPLY_LIMIT", id="from a number"),
]


async def _answered_as_often_as_it_may(desk: Desk, limits: dict[str, int]) -> tuple[str, str]:
    """A ticket, and its customer."""
    await desk.set_profile(**limits, hand_off_notice="A person will answer.")
    customer = fresh_address()
    return await _answered(desk, customer_address=customer), customer


async def _sent(desk: Desk, ticket_id: str) -> int:
    return sum(message.HasField("delivery") for message in await desk.messages(ticket_id))


@pytest.mark.parametrize(("limits", "_"), LIMITS)
async def test_thanks_send_for_nobody_however_much_was_sent(
    ai_desk: Desk, responder: ResponderPeer, limits: dict[str, int], _: str
) -> None:
    ticket_id, customer = await _answered_as_often_as_it_may(ai_desk, limits)
    responder.answer = always(no_reply("SMALL_TALK"))

    await ai_desk.text("Thanks!", customer_address=customer)

    (record,) = await ai_desk.until_recorded("ai.no_reply", ticket_id)
    assert details(record)["reason"] == "SMALL_TALK"
    ticket = await ai_desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("PENDING", THE_AI)
    assert await _sent(ai_desk, ticket_id) == 1


@pytest.mark.parametrize(("limits", "_"), LIMITS)
async def test_danger_is_seen_however_much_was_sent(
    ai_desk: Desk, responder: ResponderPeer, limits: dict[str, int], _: str
) -> None:
    ticket_id, customer = await _answered_as_often_as_it_may(ai_desk, limits)
    responder.answer = always(hand_off("SAFETY_MATTER"))

    _, said = await _handed_off(ai_desk, customer_address=customer)

    assert said["reason"] == "SAFETY_MATTER"
    assert (await ai_desk.ticket(ticket_id)).priority == routing_pb2.PRIORITY_URGENT


@pytest.mark.parametrize(("limits", "reason"), LIMITS)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(draft("In 5 days."), id="a draft"),
        *[pytest.param(hand_off(left, "why"), id=left) for left in ("NOT_KNOWN", "MODEL_FAILED", "DRAFT_REFUSED")],
    ],
)
async def test_what_else_is_asked_goes_to_a_person_for_the_limit(
    ai_desk: Desk, responder: ResponderPeer, limits: dict[str, int], reason: str, answer: pb.DraftReplyResponse
) -> None:
    ticket_id, customer = await _answered_as_often_as_it_may(ai_desk, limits)
    responder.answer = always(answer)

    _, said = await _handed_off(ai_desk, customer_address=customer)

    assert said["reason"] == reason
    assert said["detail"] != "why"
    texts = [message.text for message in await ai_desk.messages(ticket_id) if message.HasField("delivery")]
    assert texts[1:] == ["A person will answer."]
    request = suggestion_pb2.GetSuggestionsRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    kept = (await ai_desk.tickets.GetSuggestions(request, metadata=AGENT)).suggestions
    assert [one.text for one in kept] == (["In 5 days."] if answer.HasField("draft") else [])


@pytest.mark.parametrize(("limits", "reason"), LIMITS)
async def test_limit_needs_no_responder(
    ai_desk: Desk, responder: ResponderPeer, limits: dict[str, int], reason: str
) -> None:
    async def fail(_: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        raise Unavailable("OVERLOADED", "no")

    _, customer = await _answered_as_often_as_it_may(ai_desk, limits)
    responder.answer = fail

    _, said = await _handed_off(ai_desk, customer_address=customer)

    assert said["reason"] == reason


async def test_greeting_is_answered_no_more_often_than_anything(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    async def greets(request: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        return draft("Hello!") if request.greeting_waited else no_reply("GREETING")

    desk = await start_desk(**ai_settings, ai_greeting_wait_seconds=0)
    await desk.subscribe(auto_assign=THE_AI)
    _, customer = await _answered_as_often_as_it_may(desk, {"max_replies_in_a_row": 1})
    responder.answer = greets

    _, said = await _handed_off(desk, customer_address=customer)

    assert said["reason"] == "TOO_MANY_REPLIES"

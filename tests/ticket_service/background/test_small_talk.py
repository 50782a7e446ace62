"""Thanks, a greeting, a reaction: nobody is sent for, nothing is promised, and the ticket waits for nobody."""

import asyncio
from typing import Any

import pytest

from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import business_hours_pb2, ticket_service_pb2, workspace_service_pb2
from servicekit.clock import utc_now
from tests.mongo_clients import mongo_client
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, THE_AI, WORKSPACE, Desk, details, state_of
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, no_reply


async def _greets(request: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
    """As a responder does that takes any single text for a greeting."""
    if len(request.messages) > 1:
        return draft("In 5 days.")
    return draft("Hello! How can we help you?") if request.greeting_waited else no_reply("GREETING")


async def _waiting(desk: Desk) -> list[str]:
    tickets = await desk.all_tickets(states=[ticket_service_pb2.TICKET_STATE_OPEN])
    return [ticket.ticket_id for ticket in tickets]


async def test_small_talk_ends_the_turn_and_nothing_else(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await ai_desk.until_recorded("ai.answered", ticket_id)
    responder.answer = always(no_reply("SMALL_TALK"))

    await ai_desk.text("great, thanks!")

    (record,) = await ai_desk.until_recorded("ai.no_reply", ticket_id)
    assert {name: details(record)[name] for name in ("reason", "mode")} == {
        "reason": "SMALL_TALK",
        "mode": "KNOWLEDGE_BASE",
    }
    ticket = await ai_desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("PENDING", THE_AI)
    assert not ticket.hand_off_reason
    assert not ticket.HasField("waiting_since")
    assert len(await ai_desk.messages(ticket_id)) == 3
    responder.answer = None
    await ai_desk.text("And to Mexico?")
    await ai_desk.until_recorded("ai.answered", ticket_id, 2)


async def test_thanks_leave_a_resolved_ticket_resolved(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await ai_desk.until_recorded("ai.answered", ticket_id)
    resolved = await ai_desk.change("ResolveTicket", ticket_id)
    responder.answer = always(no_reply("SMALL_TALK"))

    await ai_desk.text("great, thanks!")

    await ai_desk.until_recorded("ai.no_reply", ticket_id)
    ticket = await ai_desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee, ticket.resolve_time) == ("RESOLVED", THE_AI, resolved.resolve_time)
    assert await _waiting(ai_desk) == []
    responder.answer = None
    await ai_desk.text("And to Mexico?")
    await ai_desk.until_recorded("ai.answered", ticket_id, 2)
    assert state_of(await ai_desk.ticket(ticket_id)) == "PENDING"


async def test_ticket_of_small_talk_alone_waits_for_nobody(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(no_reply("SMALL_TALK"))

    ticket_id = (await ai_desk.text("thank you so much")).stored.ticket_id

    await ai_desk.until_recorded("ai.no_reply", ticket_id)
    assert await _waiting(ai_desk) == []


async def test_greeting_that_nothing_follows_is_answered_in_kind(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = _greets
    desk = await start_desk(**ai_settings, ai_greeting_wait_seconds=0.2)
    await desk.subscribe(auto_assign=THE_AI)

    ticket_id = (await desk.text("Hi")).stored.ticket_id

    assert await desk.peer.sent_texts(1) == ["Hello! How can we help you?"]
    (record,) = await desk.until_recorded("ai.no_reply", ticket_id)
    assert details(record)["reason"] == "GREETING"
    assert [(await responder.next_request()).greeting_waited for _ in range(2)] == [False, True]


async def test_question_that_follows_a_greeting_is_not_waited_for(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = _greets
    desk = await start_desk(**ai_settings, ai_greeting_wait_seconds=3600)
    await desk.subscribe(auto_assign=THE_AI)
    ticket_id = (await desk.text("Hi")).stored.ticket_id
    await desk.until_recorded("ai.no_reply", ticket_id)
    assert state_of(await desk.ticket(ticket_id)) == "OPEN"

    await desk.text("do you ship to Canada?")

    assert await desk.peer.sent_texts(1) == ["In 5 days."]
    assert len(await desk.until_recorded("ai.no_reply", ticket_id)) == 1


async def _until_it_waits(desk: Desk, ticket_id: str) -> None:
    """Until it is kept that the greeting has been heard, which comes after the record of it."""
    uri, database = desk.database
    with mongo_client(uri) as client:
        async with asyncio.timeout(90):
            while not client[database].ai_turns.count_documents({"_id": ticket_id, "greeted": {"$gt": ""}}):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_greeting_outlives_the_replica_that_waits(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer, leaves = _greets, asyncio.Event()
    first = await start_desk(leaves, **ai_settings, ai_greeting_wait_seconds=1)
    await first.subscribe(auto_assign=THE_AI)
    ticket_id = (await first.text("Hi")).stored.ticket_id
    await first.until_recorded("ai.no_reply", ticket_id)
    await _until_it_waits(first, ticket_id)
    leaves.set()

    second = await start_desk(**ai_settings, ai_greeting_wait_seconds=3600)

    await second.until_recorded("ai.answered", ticket_id)
    assert len(await second.until_recorded("ai.no_reply", ticket_id)) == 1


async def test_greeting_that_the_responder_never_answers_is_small_talk(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = always(no_reply("GREETING"))
    desk = await start_desk(**ai_settings, ai_greeting_wait_seconds=0)
    await desk.subscribe(auto_assign=THE_AI)

    ticket_id = (await desk.text("Hi")).stored.ticket_id

    await desk.until_recorded("ai.no_reply", ticket_id, 2)
    assert state_of(await desk.ticket(ticket_id)) == "PENDING"


@pytest.mark.parametrize("time_zone", ["", "America/Denver"])
async def test_responder_gets_the_time_and_the_workspaces_clock(
    ai_desk: Desk, responder: ResponderPeer, time_zone: str
) -> None:
    if time_zone:
        hours = business_hours_pb2.BusinessHours(
            time_zone=time_zone,
            spans=[
                business_hours_pb2.OpenSpan(weekday=business_hours_pb2.WEEKDAY_MONDAY, opens="09:00", closes="17:00")
            ],
        )
        workspace = workspace_service_pb2.Workspace(workspace_id=WORKSPACE, business_hours=hours)
        request = workspace_service_pb2.UpdateWorkspaceRequest(organization_id=ORGANIZATION, workspace=workspace)
        request.update_mask.paths.append("business_hours")
        await ai_desk.workspaces.UpdateWorkspace(request, metadata=AGENT)
    before = utc_now()

    await ai_desk.text("Are you open?")

    asked = await responder.next_request()
    assert asked.time_zone == time_zone
    assert before.timestamp() - 1 <= asked.ask_time.seconds <= utc_now().timestamp()

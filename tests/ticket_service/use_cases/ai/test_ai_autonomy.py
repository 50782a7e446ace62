"""How far the AI may go is the channel's to say: it answers, only drafts for people, or is not asked at all."""

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import channel_service_pb2 as pb
from keva.ticket.v1 import hand_off_pb2, suggestion_pb2
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, NOBODY, ORGANIZATION, THE_AI, WORKSPACE, Desk, details, state_of
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, hand_off

SUGGEST, SURE, OFF = pb.AI_AUTONOMY_SUGGEST, pb.AI_AUTONOMY_SURE, pb.AI_AUTONOMY_OFF


async def _set(desk: Desk, channel_id: str, autonomy: Any) -> pb.Channel:
    request = pb.UpdateChannelRequest(
        organization_id=ORGANIZATION,
        channel=pb.Channel(channel_id=channel_id, ai_autonomy=autonomy),
        update_mask=FieldMask(paths=["ai_autonomy"]),
    )
    return (await desk.channels.UpdateChannel(request, metadata=AGENT)).channel


async def _desk(start_desk: StartDesk, ai_settings: dict[str, Any], autonomy: Any) -> Desk:
    desk = await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI, ai_autonomy=autonomy)
    return desk


async def _handed_off(desk: Desk) -> tuple[str, str]:
    """The ticket of a text that was handed off, and why."""
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    (record,) = await desk.until_recorded("ai.handed_off", ticket_id)
    ticket = await desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("OPEN", NOBODY)
    assert len(await desk.messages(ticket_id)) == 1, "the customer is told nothing"
    reason = details(record)["reason"]
    assert hand_off_pb2.HandOffReason.Name(ticket.hand_off_reason) == f"HAND_OFF_REASON_{reason}"
    return ticket_id, reason


async def test_autonomy_is_sure_unless_set_and_can_be_changed(desk: Desk) -> None:
    channel = await desk.subscribe()
    assert channel.ai_autonomy == SURE

    assert (await _set(desk, channel.channel_id, OFF)).ai_autonomy == OFF

    (record,) = await desk.records(action="channel.updated")
    assert details(record)["ai_autonomy"] == "OFF"


async def test_ai_that_may_only_suggest_leaves_its_draft_to_people(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = always(draft("In 5 days.", "shipping"))
    desk = await _desk(start_desk, ai_settings, SUGGEST)

    ticket_id, reason = await _handed_off(desk)

    assert reason == "SUGGESTED"
    request = suggestion_pb2.SuggestReplyRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    assert (await desk.tickets.SuggestReply(request, metadata=AGENT)).suggestion.text == "In 5 days."


async def test_ai_that_may_only_suggest_announces_nobody(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    responder.answer = always(hand_off("NOT_KNOWN"))
    desk = await _desk(start_desk, ai_settings, SUGGEST)

    assert (await _handed_off(desk))[1] == "NOT_KNOWN"


async def test_ai_that_is_off_is_not_asked_not_even_by_people(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk = await _desk(start_desk, ai_settings, OFF)

    ticket_id, reason = await _handed_off(desk)

    assert reason == "AI_OFF"
    request = suggestion_pb2.SuggestReplyRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
    answer = await desk.tickets.SuggestReply(request, metadata=AGENT)
    assert answer.no_suggestion.reason == hand_off_pb2.HAND_OFF_REASON_AI_OFF
    assert responder.asked.empty()


@pytest.mark.parametrize(
    ("autonomy", "reason"), [pytest.param(SUGGEST, "SUGGESTED", id="suggest"), pytest.param(OFF, "AI_OFF", id="off")]
)
async def test_autonomy_that_is_taken_back_while_the_ai_thinks_counts(
    ai_desk: Desk, responder: ResponderPeer, autonomy: Any, reason: str
) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()

    await _set(ai_desk, (await ai_desk.ticket(ticket_id)).channel_id, autonomy)
    await held.answer(draft("In 5 days."))

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert details(record)["reason"] == reason
    assert len(await ai_desk.messages(ticket_id)) == 1

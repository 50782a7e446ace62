"""What the AI does not answer goes to a person, with the reason, and the customer is told once."""

from typing import Any

import pytest

from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, hand_off_pb2
from servicekit.errors import FailedPrecondition
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import NOBODY, ORGANIZATION, OUR_NUMBER, THE_AI, Desk, details, error_of, state_of
from tests.ticket_service.responder_peer import ResponderPeer, ResponderServer, always, draft, hand_off
from ticket_service.domain.ai_profile import DEFAULT_HAND_OFF_NOTICE

REASONS = hand_off_pb2.HandOffReason


async def _handed_off(desk: Desk, text: str = "Do you ship to Mars?", **fields: Any) -> tuple[str, dict[str, str]]:
    """The ticket of a text that was handed off, and what the trail says."""
    ticket_id = (await desk.text(text, **fields)).stored.ticket_id
    record = (await desk.until_recorded("ai.handed_off", ticket_id))[-1]
    return ticket_id, dict(details(record))


async def _outbound(desk: Desk, ticket_id: str) -> list[str]:
    return [message.text for message in await desk.messages(ticket_id) if message.HasField("delivery")]


@pytest.mark.parametrize(
    "reason", ["NOT_KNOWN", "ASKED_FOR_PERSON", "UPSET", "PAYMENT_MATTER", "LEGAL_MATTER", "SAFETY_MATTER"]
)
async def test_hand_off_marks_the_ticket_and_tells_the_customer(
    ai_desk: Desk, responder: ResponderPeer, reason: str
) -> None:
    responder.answer = always(hand_off(reason, "why"))

    ticket_id, said = await _handed_off(ai_desk)

    ticket = await ai_desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("OPEN", NOBODY)
    assert REASONS.Name(ticket.hand_off_reason) == f"HAND_OFF_REASON_{reason}"
    assert ticket.hand_off_time.seconds > 0
    assert await ai_desk.peer.sent_texts(1) == [DEFAULT_HAND_OFF_NOTICE]
    said.pop("milliseconds", None)
    assert said == {"reason": reason, "detail": "why", "mode": "KNOWLEDGE_BASE"}


async def test_customer_is_told_once_until_a_person_answers(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(hand_off("NOT_KNOWN"))
    ticket_id, _ = await _handed_off(ai_desk)
    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await ai_desk.until_recorded("ai.handed_off", ticket_id, 2)
    assert await _outbound(ai_desk, ticket_id) == [DEFAULT_HAND_OFF_NOTICE]

    await ai_desk.reply(ticket_id, "We do not, sorry.")
    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await ai_desk.text("And to Venus?")
    await ai_desk.until_recorded("ai.handed_off", ticket_id, 3)

    assert await _outbound(ai_desk, ticket_id) == [
        DEFAULT_HAND_OFF_NOTICE,
        "We do not, sorry.",
        DEFAULT_HAND_OFF_NOTICE,
    ]


async def test_notice_is_no_answer_to_the_responder(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(hand_off("NOT_KNOWN"))
    ticket_id, _ = await _handed_off(ai_desk)
    await responder.next_request()

    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)

    assert [m.text for m in (await responder.next_request()).messages] == ["Do you ship to Mars?"]


@pytest.mark.parametrize("notice", ["", "Ein Mensch antwortet Ihnen gleich."])
async def test_workspace_says_what_the_customer_is_told(ai_desk: Desk, responder: ResponderPeer, notice: str) -> None:
    await ai_desk.set_profile(hand_off_notice=notice)
    responder.answer = always(hand_off("NOT_KNOWN"))

    ticket_id, _ = await _handed_off(ai_desk)

    assert await _outbound(ai_desk, ticket_id) == ([notice] if notice else [])


async def test_nobody_is_told_when_nothing_was_asked(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(hand_off("NOT_A_QUESTION"))

    ticket_id, _ = await _handed_off(ai_desk, "thanks!")

    assert await _outbound(ai_desk, ticket_id) == []


async def test_customer_who_opts_out_while_the_ai_thinks_is_not_texted(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()

    await ai_desk.text("STOP")
    await held.answer(draft("Yes, in 5 days."))

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert details(record)["reason"] == "OPTED_OUT"
    assert await _outbound(ai_desk, ticket_id) == []


async def test_opted_out_customer_costs_no_draft(ai_desk: Desk, responder: ResponderPeer) -> None:
    await ai_desk.text("STOP")

    _, said = await _handed_off(ai_desk, "Do you ship to Canada?")

    assert said["reason"] == "OPTED_OUT"
    assert responder.asked.empty()


@pytest.mark.parametrize(
    "text", [pytest.param("", id="empty"), pytest.param(" \n", id="blank"), pytest.param("x" * 1601, id="too-long")]
)
async def test_draft_that_cannot_be_sent_is_handed_off(ai_desk: Desk, responder: ResponderPeer, text: str) -> None:
    responder.answer = always(draft(text))

    ticket_id, said = await _handed_off(ai_desk)

    assert said["reason"] == "DRAFT_REFUSED"
    assert await _outbound(ai_desk, ticket_id) == [DEFAULT_HAND_OFF_NOTICE]


async def test_number_that_is_gone_cannot_be_answered_from(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    channel_id = (await ai_desk.ticket(ticket_id)).channel_id
    request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel_id)

    await ai_desk.channels.DeleteChannel(request)
    await held.answer(draft("Yes, in 5 days."))

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert (details(record)["reason"], details(record)["detail"]) == ("CANNOT_REPLY", "CHANNEL_NOT_FOUND")
    assert await _outbound(ai_desk, ticket_id) == []


async def test_sender_that_is_a_name_cannot_be_answered(ai_desk: Desk) -> None:
    ticket_id, said = await _handed_off(ai_desk, customer_address="BANK")

    assert said["reason"] == "CANNOT_REPLY"
    assert await _outbound(ai_desk, ticket_id) == []


async def test_reason_of_a_later_version_is_not_known(ai_desk: Desk, responder: ResponderPeer) -> None:
    late = pb.HandOff(reason=17, detail="call +15551234567 " + "d" * 5000)  # type: ignore[arg-type]
    responder.answer = always(pb.DraftReplyResponse(hand_off=late))

    _, said = await _handed_off(ai_desk)

    assert said["reason"] == "NOT_KNOWN"
    assert len(said["detail"]) == 200
    assert "1234567" not in said["detail"]


async def test_trail_holds_no_number_that_a_responder_names(ai_desk: Desk, responder: ResponderPeer) -> None:
    answer = draft("We are there until five.", *["call +15551234567 " + "a" * 500] * 11)
    answer.input_tokens = answer.output_tokens = -5
    responder.answer = always(answer)

    ticket_id = (await ai_desk.text("Until when are you there?")).stored.ticket_id

    (record,) = await ai_desk.until_recorded("ai.answered", ticket_id)
    said = details(record)
    assert "1234567" not in said["articles"]
    assert [len(article) for article in said["articles"].split(", ")] == [200] * 10
    assert "input_tokens" not in said


async def test_trail_holds_no_number_of_an_error(
    start_desk: StartDesk, ai_settings: Any, responder: ResponderPeer
) -> None:
    async def fail(_: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        raise FailedPrecondition("NO_ANSWER_FOR +15551234567 " + "r" * 500, "no")

    responder.answer = fail
    desk = await start_desk(**ai_settings, ai_give_up_seconds=0)
    await desk.subscribe(auto_assign=THE_AI)

    _, said = await _handed_off(desk)

    assert (said["reason"], len(said["detail"])) == ("RESPONDER_UNAVAILABLE", 200)
    assert "1234567" not in said["detail"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"text": "Please stop texting me"}, "ASKED_FOR_NO_TEXTS", id="asked for no texts"),
        pytest.param({"text": "Stop."}, "ASKED_FOR_NO_TEXTS", id="a keyword with a full stop"),
        pytest.param({"text": "stop\u200e"}, "ASKED_FOR_NO_TEXTS", id="a keyword with a mark that nobody sees"),
        pytest.param({"text": "Dejen de escribirme"}, "ASKED_FOR_NO_TEXTS", id="in Spanish"),
        pytest.param({"customer_address": "72975"}, "AUTOMATED_SENDER", id="a short code"),
    ],
)
@pytest.mark.parametrize("responds", [True, False])
async def test_no_machine_texts_who_wants_none_or_is_none(
    start_desk: StartDesk,
    ai_settings: Any,
    responder: ResponderPeer,
    responder_server: ResponderServer,
    fields: dict[str, str],
    reason: str,
    responds: bool,
) -> None:
    desk = await start_desk(**ai_settings, ai_give_up_seconds=0)
    await desk.subscribe(auto_assign=THE_AI)
    if not responds:
        await responder_server.stop()

    ticket_id, said = await _handed_off(desk, **fields)

    assert said["reason"] == reason
    ticket = await desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.assignee) == ("OPEN", NOBODY)
    assert REASONS.Name(ticket.hand_off_reason) == f"HAND_OFF_REASON_{reason}"
    assert await _outbound(desk, ticket_id) == []
    assert responder.asked.empty()
    if not responds:
        await responder_server.start()


async def test_wish_in_two_texts_is_one(ai_desk: Desk, responder: ResponderPeer) -> None:
    ticket_id = (await ai_desk.text("please stop")).stored.ticket_id
    await ai_desk.text("texting me")

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)

    assert details(record)["reason"] == "ASKED_FOR_NO_TEXTS"
    assert await _outbound(ai_desk, ticket_id) == []


async def test_wish_that_comes_while_the_ai_thinks_ends_its_draft(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()

    await ai_desk.text("Forget it, wrong number")
    await ai_desk.text("Take me off your list")
    await held.answer(draft("Yes, in 5 days."))

    (record,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert details(record)["reason"] == "ASKED_FOR_NO_TEXTS"
    assert await _outbound(ai_desk, ticket_id) == []


async def test_delivery_that_is_to_be_stopped_is_the_responders_matter(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(hand_off("NOT_KNOWN"))

    ticket_id, said = await _handed_off(ai_desk, "We must STOP this delivery")

    assert said["reason"] == "NOT_KNOWN"
    assert await _outbound(ai_desk, ticket_id) == [DEFAULT_HAND_OFF_NOTICE]


async def test_reaction_earns_no_text(start_desk: StartDesk, ai_settings: Any, responder: ResponderPeer) -> None:
    desk = await start_desk(**ai_settings)
    await desk.subscribe("ANY_MESSAGE", auto_assign=THE_AI)
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await desk.until_recorded("ai.answered", ticket_id)
    await desk.move(ticket_id, "CLOSED")
    await responder.next_request()

    ticket_id = (await desk.text("👍 to “Yes. Text STOP to unsubscribe”")).stored.ticket_id

    (record,) = await desk.until_recorded("ai.no_reply", ticket_id)
    assert details(record) == {"reason": "SMALL_TALK"}
    assert await _outbound(desk, ticket_id) == []
    assert responder.asked.empty()


async def test_ai_answers_on_the_number_that_the_customer_takes_texts_from(
    start_desk: StartDesk, ai_settings: Any, responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings)
    for number in (OUR_NUMBER, "+15550002000"):
        await desk.subscribe(auto_assign=THE_AI, phone_number=number)
    await desk.text("STOP")

    ticket_id = (await desk.text("Do you ship to Canada?", channel_address="+15550002000")).stored.ticket_id

    await desk.until_recorded("ai.answered", ticket_id)
    assert not (await responder.next_request()).opted_out


@pytest.mark.parametrize("trouble", ["unavailable", "empty", "slow"])
async def test_responder_that_fails_for_long_leaves_the_ticket_to_a_person(
    start_desk: StartDesk, ai_settings: Any, responder: ResponderPeer, responder_server: ResponderServer, trouble: str
) -> None:
    desk = await start_desk(**ai_settings, ai_give_up_seconds=0, ai_draft_timeout_seconds=0.5)
    await desk.subscribe(auto_assign=THE_AI)
    if trouble == "unavailable":
        await responder_server.stop()
    elif trouble == "empty":
        responder.answer = always(pb.DraftReplyResponse())
    else:
        responder.holds()

    ticket_id, said = await _handed_off(desk)

    assert said["reason"] == "RESPONDER_UNAVAILABLE"
    assert said["detail"] in ("PEER_UNAVAILABLE", "DEADLINE_EXCEEDED")
    assert state_of(await desk.ticket(ticket_id)) == "OPEN"
    assert await desk.peer.sent_texts(1) == [DEFAULT_HAND_OFF_NOTICE]
    if trouble == "unavailable":
        await responder_server.start()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"business_name": "n" * 101}, "business_name", id="long-name"),
        pytest.param({"tone": "t" * 501}, "tone", id="long-tone"),
        pytest.param({"business_hours": "h" * 501}, "business_hours", id="long-hours"),
        pytest.param({"hand_off_notice": "n" * 321}, "hand_off_notice", id="long-notice"),
        pytest.param({"languages": ["English"]}, "languages", id="no-code"),
        pytest.param({"languages": ["EN"]}, "languages", id="capitals"),
        pytest.param({"languages": ["en"] * 21}, "languages", id="many-languages"),
        pytest.param({"hand_off_rules": [" "]}, "hand_off_rules", id="blank-rule"),
        pytest.param({"hand_off_rules": ["x"] * 51}, "hand_off_rules", id="many-rules"),
        pytest.param({"hand_off_rules": ["x" * 201]}, "hand_off_rules", id="long-rule"),
        pytest.param({"max_replies_in_a_row": -1}, "max_replies_in_a_row", id="negative"),
        pytest.param({"max_replies_in_a_row": 101}, "max_replies_in_a_row", id="many"),
        pytest.param({"max_replies_per_channel_per_day": -1}, "max_replies_per_channel_per_day", id="negative-a-day"),
        pytest.param(
            {"max_replies_per_customer_per_hour": 201}, "max_replies_per_customer_per_hour", id="many-an-hour"
        ),
    ],
)
async def test_profile_that_cannot_be_used_is_refused(shared_desk: Desk, fields: dict[str, Any], field: str) -> None:
    error = await error_of(shared_desk.set_profile(**fields))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", f"ai_profile.{field}")


async def test_profile_changes_field_by_field(desk: Desk) -> None:
    before = await desk.set_profile(tone="brief", languages=["en"], hand_off_rules=["wholesale"])
    assert before.ai_profile.hand_off_notice == DEFAULT_HAND_OFF_NOTICE

    after = await desk.set_profile(languages=[], max_replies_in_a_row=0)

    assert list(after.ai_profile.languages) == []
    assert (after.ai_profile.tone, list(after.ai_profile.hand_off_rules)) == ("brief", ["wholesale"])
    assert after.ai_profile.max_replies_in_a_row == 5
    (_, changed) = await desk.records(action="workspace.updated")
    assert details(changed)["ai_profile"] == "languages, max_replies_in_a_row"

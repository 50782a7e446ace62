"""`keva tickets reply --last-seen` and `--at`, `scheduled`, `cancel` and `retry`, and `keva conversations start`."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from keva.ticket.v1 import actor_pb2, channel_service_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors

NOON = datetime(2099, 11, 23, 12, 0, tzinfo=UTC)
TICKET = pb.Ticket(ticket_id="tkt_12", number=12, customer_id="cus_1")
DANA = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana")


def reply(message_id: str = "msg_1", state: str = "QUEUED", **fields: Any) -> message_pb2.Message:
    """A reply of Dana's on ticket 12, whose delivery is in that state."""
    delivery = message_pb2.Delivery(state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state}"), segments=1)
    given = {"message_id": message_id, "text": "see you", "author": DANA, "delivery": delivery, **fields}
    return message_pb2.Message(
        ticket_id="tkt_12", workspace_id="default", direction=message_pb2.MESSAGE_DIRECTION_OUTBOUND, **given
    )


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Ticket 12."""
    keva.ticket_service.answers.update(ListTickets=pb.ListTicketsResponse(tickets=[TICKET]))


async def test_what_is_newer_is_shown_and_nothing_is_sent(keva: Any) -> None:
    keva.ticket_service.answers["ReplyToTicket"] = errors.FailedPrecondition(
        "NEWER_MESSAGES", "there is a newer message", count="1", message_ids="msg_9"
    )
    newer = message_pb2.Message(direction=message_pb2.MESSAGE_DIRECTION_INBOUND, text="never mind")
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=[newer])

    result = await keva("tickets", "reply", "12", "on its way", "--last-seen", "msg_8", "--json")

    assert (result.status, result.output) == (1, "")
    assert "never mind" in result.error
    assert "--send-anyway" in result.error
    assert keva.ticket_service.last().after_message_id == "msg_8"


async def test_whoever_insists_sends_it_anyway(keva: Any) -> None:
    keva.ticket_service.answers["ReplyToTicket"] = pb.ReplyToTicketResponse(message=reply(), ticket=TICKET)

    await keva("tickets", "reply", "12", "on its way", "--last-seen", "msg_8", "--send-anyway")

    request = keva.ticket_service.last()
    assert (request.last_seen_message_id, request.send_anyway) == ("msg_8", True)
    assert not request.HasField("send_time")


async def test_a_reply_with_a_time_is_sent_later(keva: Any) -> None:
    later = reply(state="SCHEDULED", send_time=NOON)
    keva.ticket_service.answers["ReplyToTicket"] = pb.ReplyToTicketResponse(message=later, ticket=TICKET)

    result = await keva("tickets", "reply", "12", "see you", "--at", "2099-11-23T12:00Z", "--wait")

    assert result.status == 0
    assert keva.ticket_service.last().send_time.ToDatetime(UTC) == NOON
    assert result.output == (
        "Reply to ticket #12 leaves 2099-11-23 12:00Z (msg_1). Until then: keva tickets cancel msg_1\n"
    )


async def test_a_time_that_is_over_asks_nobody(keva: Any) -> None:
    result = await keva("tickets", "reply", "tkt_12", "see you", "--at", "2020-01-01T12:00")

    assert result.status == 2
    assert "that time is over" in result.error
    assert keva.ticket_service.requests == []


async def test_what_waits_is_listed_and_cancelled(keva: Any) -> None:
    waiting = reply(state="SCHEDULED", send_time=NOON)
    keva.ticket_service.answers["ListScheduledMessages"] = pb.ListScheduledMessagesResponse(messages=[waiting])
    cancelled = pb.CancelScheduledMessageResponse(message=reply(state="CANCELLED"), ticket=TICKET)
    keva.ticket_service.answers["CancelScheduledMessage"] = cancelled

    listed = await keva("tickets", "scheduled")
    as_json = await keva("tickets", "scheduled", "--json")
    result = await keva("tickets", "cancel", "msg_1")

    for shown in ("2099-11-23 12:00Z", "agent:dana", "see you", "tkt_12", "msg_1"):
        assert shown in listed.output
    assert [message["message_id"] for message in json.loads(as_json.output)] == ["msg_1"]
    assert result.output == "Cancelled: it is never sent. It was on ticket #12.\n"
    assert keva.ticket_service.last().message_id == "msg_1"


async def test_the_last_failed_reply_is_sent_again(keva: Any) -> None:
    known = [reply("msg_1", "FAILED"), reply("msg_2", "FAILED", retried_by="msg_3"), reply("msg_3", "DELIVERED")]
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=known)
    keva.ticket_service.answers["RetryReply"] = pb.RetryReplyResponse(message=reply("msg_4"), ticket=TICKET)

    result = await keva("tickets", "retry", "12")
    assert keva.ticket_service.last().message_id == "msg_1"
    named = await keva("tickets", "retry", "12", "--message", "msg_2", "--json")

    assert result.output == "Reply to ticket #12, again: QUEUED (msg_4).\n"
    assert json.loads(named.output)["message_id"] == "msg_4"
    assert keva.ticket_service.last().message_id == "msg_2"


async def test_what_is_newer_than_a_failed_reply_is_shown_and_nothing_is_sent(keva: Any) -> None:
    keva.ticket_service.answers["RetryReply"] = errors.FailedPrecondition("NEWER_MESSAGES", "there is a newer message")
    newer = message_pb2.Message(direction=message_pb2.MESSAGE_DIRECTION_INBOUND, text="solved, thanks")
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=[newer])

    result = await keva("tickets", "retry", "12", "--message", "msg_1", "--last-seen", "msg_8")
    keva.ticket_service.answers["RetryReply"] = pb.RetryReplyResponse(message=reply("msg_4"), ticket=TICKET)
    insisting = await keva("tickets", "retry", "12", "--message", "msg_1", "--last-seen", "msg_8", "--send-anyway")

    assert (result.status, result.output, insisting.status) == (1, "", 0)
    assert "solved, thanks" in result.error
    request = keva.ticket_service.last()
    assert (request.last_seen_message_id, request.send_anyway) == ("msg_8", True)


async def test_nothing_that_failed_is_nothing_to_send_again(keva: Any) -> None:
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=[reply(state="DELIVERED")])

    result = await keva("tickets", "retry", "12")

    assert (result.status, result.output) == (1, "")
    assert "No reply on this ticket has failed" in result.error


async def test_a_first_text_is_asked_for_with_all_that_is_given(keva: Any) -> None:
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])
    started = pb.StartConversationResponse(message=reply(), messages=[reply()], ticket=TICKET, ticket_created=True)
    keva.ticket_service.answers["StartConversation"] = started

    result = await keva(
        *("conversations", "start", "(555) 123-4567", "hello", "--from", "(555) 000-1111", "--basis", "asked us"),
        *("--subject", "Your order", "--priority", "low", "--tag", "order", "--request-id", "r1"),
    )

    assert (result.status, result.output) == (0, "New ticket #12: QUEUED (msg_1).\n")
    assert keva.ticket_service.last() == pb.StartConversationRequest(
        workspace_id="default",
        channel_id="chn_1",
        address="(555) 123-4567",
        text="hello",
        request_id="r1",
        consent_basis="asked us",
        subject="Your order",
        priority=routing_pb2.PRIORITY_LOW,
        tags=["order"],
    )


async def test_a_limit_that_is_reached_says_when_to_try_again(keva: Any) -> None:
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])
    keva.ticket_service.answers["StartConversation"] = errors.ResourceExhausted(
        "FIRST_TEXT_LIMIT_REACHED", "this organization may begin 100 conversations; ask again after 12:00", limit="100"
    )

    result = await keva("conversations", "start", "+15551234567", "hello", "--from", "chn_1")

    assert result.status == 5
    assert "ask again after 12:00" in result.error

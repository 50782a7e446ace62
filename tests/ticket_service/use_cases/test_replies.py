"""A reply is stored once and in order, or refused with what to do about it."""

import asyncio

import pytest

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2
from servicekit import errors
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    ACCOUNT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    Desk,
    delivery_state,
    error_of,
    state_of,
)


async def test_reply_reaches_sms_service(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)

    reply = await desk.reply(ticket_id, "Zażółć 😀\nwith two lines ")
    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)

    assert (delivery_state(reply.delivery), reply.author.id) == ("QUEUED", "dana")
    assert sent == sms_service_pb2.SendMessageRequest(
        organization_id=ORGANIZATION,
        workspace_id="default",
        message_id=reply.message_id,
        account_sid=ACCOUNT,
        from_address=OUR_NUMBER,
        to_address=CUSTOMER,
        text="Zażółć 😀\nwith two lines ",
    )
    (settled,) = await desk.settled_replies(ticket_id)
    assert (delivery_state(settled.delivery), settled.delivery.segments) == ("ACCEPTED", 1)
    assert settled.twilio_message_sid.startswith("SM")
    assert desk.peer.sent.empty()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("OPEN", "PENDING", id="OPEN becomes PENDING"),
        pytest.param("PENDING", "PENDING", id="PENDING stays"),
        pytest.param("RESOLVED", "RESOLVED", id="RESOLVED stays"),
    ],
)
async def test_ticket_after_a_reply(shared_desk: Desk, before: str, after: str) -> None:
    ticket_id = await shared_desk.new_ticket(before)
    count = (await shared_desk.ticket(ticket_id)).message_count

    answer = await shared_desk.call("ReplyToTicket", ticket_id, text="an answer")

    for ticket in (answer.ticket, await shared_desk.ticket(ticket_id)):
        assert (state_of(ticket), ticket.message_count) == (after, count + 1)


@pytest.mark.parametrize(
    ("fields", "reason", "metadata"),
    [
        pytest.param({"text": ""}, "FIELD_REQUIRED", {"field": "text"}, id="empty"),
        pytest.param({"text": " \n"}, "FIELD_REQUIRED", {"field": "text"}, id="blank"),
        pytest.param(
            {"text": "x" * 1601},
            "MESSAGE_TOO_LONG",
            {"characters": "1601", "segments": "11", "limit": "1600"},
            id="1,601 characters of GSM-7",
        ),
        pytest.param(
            {"text": "ż" * 1601},
            "MESSAGE_TOO_LONG",
            {"characters": "1601", "segments": "24", "limit": "1600"},
            id="1,601 characters of UCS-2",
        ),
        pytest.param({"text": "x", "request_id": "r" * 129}, "FIELD_INVALID", {"field": "request_id"}, id="request_id"),
    ],
)
async def test_reply_that_is_refused(
    shared_desk: Desk, fields: dict[str, str], reason: str, metadata: dict[str, str]
) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(shared_desk.reply(ticket_id, **fields))

    assert (error.reason, dict(error.metadata)) == (reason, metadata)
    assert state_of(await shared_desk.ticket(ticket_id)) == "OPEN"


async def test_longest_reply_is_sent(desk: Desk) -> None:
    await desk.subscribe()

    await desk.reply(await desk.new_ticket(), "x" * 1600)

    assert await desk.peer.sent_texts(1) == ["x" * 1600]


async def test_reply_to_a_closed_ticket_is_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket("CLOSED")

    assert (await error_of(shared_desk.reply(ticket_id))).reason == "TICKET_CLOSED"


async def test_reply_to_a_sender_name_is_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket(customer_address="KEVA")

    assert (await error_of(shared_desk.reply(ticket_id))).reason == "RECIPIENT_CANNOT_RECEIVE"


@pytest.mark.parametrize("address", ["12345", "whatsapp:+15551234567", "rcs:+15551234567"])
async def test_reply_to_other_addresses_is_sent(desk: Desk, address: str) -> None:
    await desk.subscribe()

    await desk.reply(await desk.new_ticket(customer_address=address))

    assert (await asyncio.wait_for(desk.peer.sent.get(), 90)).to_address == address


async def test_reply_on_a_removed_channel_is_refused_until_it_is_subscribed_again(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket()
    request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel.channel_id)
    await desk.channels.DeleteChannel(request)

    error = await error_of(desk.reply(ticket_id))
    assert (type(error), error.reason) == (errors.FailedPrecondition, "CHANNEL_NOT_FOUND")

    await desk.subscribe()
    await desk.reply(ticket_id, "back again")
    assert await desk.peer.sent_texts(1) == ["back again"]


async def test_reply_to_an_opted_out_customer_is_refused(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    await desk.text("STOP")

    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"
    assert desk.peer.sent.empty()


async def test_same_request_id_gives_the_same_message_and_one_send(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    first = await desk.reply(ticket_id, "an answer", "request-1")
    assert await desk.peer.sent_texts(1) == ["an answer"]
    await desk.settled_replies(ticket_id)
    again = await desk.reply(ticket_id, "an answer", "request-1")
    await desk.move(ticket_id, "CLOSED")
    after_closing = await desk.reply(ticket_id, "an answer", "request-1")

    assert {m.message_id for m in (again, after_closing)} == {first.message_id}
    assert delivery_state(after_closing.delivery) == "ACCEPTED"
    assert (await desk.ticket(ticket_id)).message_count == 2
    assert (await desk.actions(ticket_id)).count("message.queued") == 1
    assert desk.peer.sent.empty()


async def test_request_id_of_another_reply_is_refused(shared_desk: Desk) -> None:
    ticket_id, other_id = await shared_desk.new_ticket(), await shared_desk.new_ticket()
    await shared_desk.reply(ticket_id, "an answer", "request-2")

    for again in (
        shared_desk.reply(ticket_id, "another answer", "request-2"),
        shared_desk.reply(other_id, "an answer", "request-2"),
        shared_desk.note(ticket_id, "an answer", "request-2"),
    ):
        error = await error_of(again)
        assert (type(error), error.reason) == (errors.AlreadyExists, "REQUEST_ID_REUSED")


@pytest.mark.parametrize("replicas", [1, 2])
async def test_same_request_id_at_once_is_one_message_and_one_send(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()

    replies = await asyncio.gather(*(desks[i % replicas].reply(ticket_id, "once", "r") for i in range(10)))

    assert len({reply.message_id for reply in replies}) == 1
    assert len(await desks[0].settled_replies(ticket_id)) == 1
    assert (await desks[0].ticket(ticket_id)).message_count == 2
    assert desks[0].peer.sent.qsize() == 1


async def test_every_call_without_request_id_is_a_new_reply(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    replies = [await shared_desk.reply(ticket_id, "an answer") for _ in range(2)]

    assert len({reply.message_id for reply in replies}) == 2

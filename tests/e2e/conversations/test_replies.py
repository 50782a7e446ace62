"""An answer reaches the customer once, and what became of it reaches the agent."""

import asyncio
import uuid

import pytest

from dev.local_stack.desk import Desk
from dev.twilio_simulator.client import SimulatorClient
from keva.ticket.v1 import message_pb2


async def test_reply_reaches_the_customer_once_and_ends_delivered(desk: Desk) -> None:
    await desk.text("where is my order?")
    ticket = await desk.ticket()

    reply = await desk.until_delivery(await desk.reply(ticket, "On its way: 1 + 1 days 📦"))

    (sent,) = await desk.sent(1)
    assert (sent.from_, sent.to, sent.body) == (desk.account.phone_number, desk.customer, "On its way: 1 + 1 days 📦")
    assert sent.sid == reply.twilio_message_sid
    assert reply.delivery.segments == 1
    assert not reply.delivery.error_code


async def test_same_request_id_at_once_is_one_sms(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    request_id = str(uuid.uuid4())

    replies = await asyncio.gather(*(desk.reply(ticket, "hi", request_id) for _ in range(10)))

    assert len({reply.message_id for reply in replies}) == 1
    await desk.until_delivery(replies[0])
    assert len(await desk.sent(1)) == 1


@pytest.mark.parametrize("fault", ["reversed", "repeat", "late"])
async def test_callbacks_out_of_order_repeated_or_late_do_not_move_it_back(
    desk: Desk, simulator: SimulatorClient, fault: str
) -> None:
    await desk.text("hello")
    await simulator.fault("callback", fault, milliseconds=100)

    reply = await desk.reply(await desk.ticket(), "hi")
    await desk.until_delivery(reply)
    (sent,) = await desk.sent(1)
    # Every callback has been answered by now, the overtaken ones too.
    await simulator.wait_for_message(sent.sid)

    assert (await desk.until_delivery(reply)).delivery.state == message_pb2.DELIVERY_STATE_DELIVERED


async def test_undeliverable_reply_ends_failed_with_code_and_sentence(desk: Desk, simulator: SimulatorClient) -> None:
    await desk.text("hello")
    await simulator.outcome(desk.customer, "undelivered", 30006)

    reply = await desk.reply(await desk.ticket(), "hi")

    failed = await desk.until_delivery(reply, message_pb2.DELIVERY_STATE_FAILED)
    assert failed.delivery.error_code == 30006
    assert "landline" in failed.delivery.error_text


async def test_reply_that_twilio_refuses_ends_failed(desk: Desk) -> None:
    # One of Twilio's magic numbers: it cannot receive SMS (21614).
    desk_of_landline = "+15005550009"
    await desk.text("hello", desk_of_landline)

    reply = await desk.reply(await desk.ticket(desk_of_landline), "hi")

    failed = await desk.until_delivery(reply, message_pb2.DELIVERY_STATE_FAILED)
    assert failed.delivery.error_code == 21614
    assert failed.delivery.error_text


async def test_reply_that_twilio_did_not_take_is_sent_again(desk: Desk, simulator: SimulatorClient) -> None:
    await desk.text("hello")
    await simulator.fault("create_message", "429", times=1)

    await desk.until_delivery(await desk.reply(await desk.ticket(), "hi"))

    assert len(await desk.sent(1)) == 1


async def test_replies_of_one_ticket_leave_in_order(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()

    replies = [await desk.reply(ticket, f"part {i}") for i in range(5)]
    for reply in replies:
        await desk.until_delivery(reply)

    assert [m.body for m in await desk.sent(5)] == [f"part {i}" for i in range(5)]


async def test_gateway_answers_no_text_by_itself(desk: Desk, simulator: SimulatorClient) -> None:
    result = await desk.text("hello")

    assert result.acknowledged
    outgoing = [m for m in await simulator.messages(account_sid=desk.account.account_sid) if m.direction != "inbound"]
    assert outgoing == []

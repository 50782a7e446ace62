"""Between Twilio's acceptance and our record of it a sender may die, or the answer be lost. One SMS each time."""

import asyncio

import pytest

from dev.local_stack.desk import Desk
from keva.ticket.v1 import message_pb2


@pytest.fixture
def desk(impatient_desk: Desk) -> Desk:
    """A fresh desk that sends as fast as it can."""
    return impatient_desk


async def _reply_whose_sender_dies(desk: Desk) -> message_pb2.Message:
    """A reply that Twilio has taken, from an sms_service that was killed before it had Twilio's answer."""
    await desk.text("hello")
    await desk.simulator.fault("create_message", "latency", milliseconds=10_000, times=1)
    reply = await desk.reply(await desk.ticket(), "hi there")
    await desk.sent(1)
    await desk.stack.kill("sms_service")
    await desk.stack.restart("sms_service")
    return reply


async def _comes_out_once(desk: Desk, reply: message_pb2.Message) -> None:
    await desk.until_delivery(reply, seconds=40)
    # Whatever else was to come has come: the message's record is settled, and nobody sends a settled one.
    assert [message.body for message in await desk.sent(1)] == ["hi there"]


async def test_callback_of_a_dead_senders_message_settles_it(desk: Desk) -> None:
    await _comes_out_once(desk, await _reply_whose_sender_dies(desk))


async def test_without_a_callback_twilios_log_settles_it(desk: Desk) -> None:
    await desk.simulator.fault("callback", "lost")

    await _comes_out_once(desk, await _reply_whose_sender_dies(desk))


async def test_log_that_lists_late_is_waited_for(desk: Desk) -> None:
    await desk.simulator.fault("callback", "lost")
    await desk.simulator.fault("list_messages", "lag", milliseconds=4000)

    await _comes_out_once(desk, await _reply_whose_sender_dies(desk))


@pytest.mark.parametrize(
    ("fault", "callbacks"), [("500_after", "come"), ("drop_after", "are lost"), ("latency", "are lost")]
)
async def test_lost_answer_is_no_second_sms(desk: Desk, fault: str, callbacks: str) -> None:
    await desk.text("hello")
    await desk.simulator.fault("create_message", fault, milliseconds=3000, times=1)
    if callbacks == "are lost":
        await desk.simulator.fault("callback", "lost")

    await _comes_out_once(desk, await desk.reply(await desk.ticket(), "hi there"))


@pytest.mark.parametrize("fault", ["500_before", "drop_before"])
async def test_message_that_twilio_never_took_is_sent_after_all(desk: Desk, fault: str) -> None:
    await desk.text("hello")
    await desk.simulator.fault("create_message", fault, times=1)

    await _comes_out_once(desk, await desk.reply(await desk.ticket(), "hi there"))


async def test_equal_texts_to_one_customer_are_told_apart(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.simulator.fault("callback", "lost")
    await desk.simulator.fault("create_message", "drop_after", times=2)

    replies = [await desk.reply(ticket, "hi there") for _ in range(3)]

    await asyncio.gather(*(desk.until_delivery(reply, seconds=40) for reply in replies))
    assert [message.body for message in await desk.sent(3)] == ["hi there"] * 3


async def test_delivery_whose_callbacks_are_lost_is_asked_for(desk: Desk) -> None:
    await desk.text("hello")
    await desk.simulator.fault("callback", "lost")

    reply = await desk.reply(await desk.ticket(), "hi there")

    await desk.until_delivery(reply)
